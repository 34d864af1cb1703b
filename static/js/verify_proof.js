/* The page "Verify a proof": tools/verify_ledger.py, its function by function, in the language of browsers, and what it
   found in words. Nothing is sent: the file is read here. tests/e2e/test_verify_proof.py compares the two programs. */

const INTACT = 0, ALTERED = 1, TRUNCATED = 2, UNVERIFIABLE = 3;
const VERDICTS = ["INTACT", "ALTERED", "TRUNCATED OR ROLLED BACK", "CANNOT VERIFY"];
const DOMAINS = { 1: "ouvrage.ledger.v1\0", 2: "ouvrage.ledger.v2\0" };
const CHECKPOINT_DOMAIN = "ouvrage.checkpoint.v1\0", HEAD_DOMAIN = "ouvrage.head.v1\0", SEAL_DOMAIN = "ouvrage.seal.v1\0";
const SECOND_SEAL_DOMAIN = "ouvrage.seal.v2\0";
const SIGNATURE_DOMAIN = "ouvrage.signature.v1\0";
const START = "0".repeat(64), ERASED = "erased";
const SEALED_LATER = new Set(["pmo_snapshot", "projects_notification"]);
/* What each act writes, as tools/verify_ledger.py declares it. */
const { writes: WRITES, versioned, keys: KEYS } = JSON.parse(document.getElementById("result")?.dataset.writes ?? '{"writes":{},"versioned":[],"keys":{}}');
const VERSIONED = new Set(versioned), QUOTED = new Set(["projects_notification"]), ACCOUNTS = "roles_user", WITHOUT_EVENT = "";
const ERASURE = /\[erased [0-9]{4}-[0-9]{2}-[0-9]{2}( #[0-9]+)?\]$/, SEAL_PLACE = /^[1-9][0-9]{0,8}$/;
const NO_BYTES = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ROWS = /^([1-9][0-9]*)-([0-9]+):([0-9a-f]{64})$/;
const FIRST_FIELDS = "version project seq act actor role at proposal detail subject subject_id facts prev".split(" ");
const FIELDS = { 1: FIRST_FIELDS, 2: [...FIRST_FIELDS, "entered"] };
const CHECKPOINT_FIELDS = ["version", "number", "made_at", "key", "prev", "heads", "next_key"];
const OPENING_FIELDS = ["project", "seq", "head", "salt"];
const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+00:00$/;
const NUMBER = /^[1-9][0-9]{0,14}$/, AMOUNT = /^(0|[1-9][0-9]*)\.[0-9]{2}$/, KEY = /^[0-9a-f]{64}$/;
const NUMBERS = ["seq", "proposal", "subject_id"], NUMBERS_IN_FACTS = ["mandate", "delegation", "document"];
const ON_SEATS = new Set(["appoint", "name_owner", "end_mandate", "decline", "delegate", "revoke"]);
const ON_STANDING = new Set(
  "appoint name_owner end_mandate decline declare_interest settle_interest note_bidder apply_roles adapt_roles".split(" "));
const DEEPEST = 32, MOST_EFFECTS = 100, LARGEST = 64 << 20, MOST_ENTRIES = 16, MOST_SHOWN = 50;

const SIGNED_ACTS = { decide: ["decider", ["revision", "mandate", "delegation"]], advise: ["adviser", []] };
const SIGNED_FACTS = ["challenge", "public_key", "client_data", "authenticator_data", "signature"];
const UNSIGNED = ["impossible", "factors", "since"];
const KEY_ENTRY = /^([1-9][0-9]{0,14}):([0-9a-f]{64})$/;
const ORIGIN = /^https?:\/\/([a-z0-9-]+([.][a-z0-9-]+)*)(:[1-9][0-9]{0,4})?$/;

/* A sentence: its English, which is also the key of its translation, and what stands at {0}, {1}. */
const say = (template, ...parts) => ({ template, parts });
const own = (map, name) => (Object.hasOwn(map, name) ? map[name] : undefined);
const spell = (phrase, words = {}) => typeof phrase !== "object" ? String(phrase)
  : (own(words, phrase.template) ?? phrase.template).replace(/\{(\d)\}/g, (_, n) => spell(phrase.parts[n], words));

class Unreadable extends Error {
  constructor(phrase) {
    super(phrase.template);
    this.phrase = phrase;
  }
}
const refuse = (template, ...parts) => { throw new Unreadable(say(template, ...parts)); };
const NO_BUNDLE = "its parts are not those of a proof", NO_ZIP = "it is no zip as Ouvrage writes it";

const ACTS = {
  found: say("opening"),
  appoint: say("appointment"),
  name_owner: say("naming of the owner"),
  accept: say("acceptance"),
  decline: say("refusal of a mandate"),
  ask_replacement: say("request to replace an owner"),
  propose_replacement: say("proposal to replace an owner"),
  announce_replacement: say("announcement of one hand alone"),
  second_replacement: say("second hand that replaces an owner"),
  object_replacement: say("objection of a former owner"),
  confirm_replacement: say("confirmation despite an objection"),
  take_replacement: say("replacement of an owner"),
  end_replacement: say("withdrawal of a replacement"),
  end_mandate: say("end of a mandate"),
  delegate: say("delegation"),
  revoke: say("end of a delegation"),
  draft: say("draft"),
  edit: say("working text"),
  submit: say("submission"),
  take_up: say("start of the review"),
  advise: say("opinion"),
  note_binding: say("binding opinion"),
  withdraw: say("withdrawal"),
  decide: say("decision"),
  supersede: say("replacement"),
  prove: say("proof of a condition"),
  lift: say("lifting of a condition"),
  waive: say("waived condition"),
  lapse: say("lapse of a condition"),
  add_document: say("document"),
  replace_document: say("version of a document"),
  note_bidder: say("bidder"),
  declare_interest: say("declared interest"),
  settle_interest: say("ruling on an interest"),
  break_seal: say("change of what was sealed"),
  review_decision: say("review of a decision"),
  come_back: say("return of a decision to its owner"),
  look_back: say("second look at a decision"),
  erase: say("erasure"),
  seal_rows: say("sealing of rows"),
};
const REVISION = "governance.proposalrevision", OPINION = "governance.opinion", BINDING = "governance.bindingopinion";
const DECISION = "governance.decision", CONDITION = "governance.condition", RECORD = "governance.recordfile";
const DOCUMENT = "projects.documentversion", FILES = "projects_documentversion";
const SEALED_BY = {
  [REVISION]: ["submit"],
  [OPINION]: ["advise"],
  [BINDING]: ["note_binding"],
  [DECISION]: ["decide"],
  [DOCUMENT]: ["add_document", "replace_document"],
  "amoa.estimate": ["estimate"],
  "governance.discharge": ["fulfil", "excuse"],
  "governance.evidencecheck": ["check_evidence"],
  "governance.decisionreview": ["review_decision"],
  "governance.secondlook": ["look_back"],
  "projects.competence": ["state_competence"],
  [RECORD]: ["store_record"],
};
const SETTLING = {
  [CONDITION]: ["prove", "lift", "waive", "lapse"],
  "projects.interest": ["declare_interest", "settle_interest"],
};
const ENDING = ["lapses", "undone"];
const FIRST_SEALS = { [REVISION]: "content", [OPINION]: "opinion", [DECISION]: "decision", [CONDITION]: "proof" };

/* — Values: a map of the JSON is a Map, a number a BigInt. — */

const encoder = new TextEncoder();
const decode = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const encode = (text) => encoder.encode(text);
const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const sha256 = async (bytes) => hex(await digest(bytes));
const unhex = (text) => {
  if (typeof text !== "string" || text.length % 2 || !/^[0-9a-f]*$/.test(text)) refuse(NO_BUNDLE);
  return Uint8Array.from({ length: text.length / 2 }, (_, n) => parseInt(text.slice(2 * n, 2 * n + 2), 16));
};
const base64 = (text) => {
  if (text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) refuse(NO_BUNDLE);
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
};
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const byCodePoint = (a, b) => {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  for (const [n, letter] of left.entries()) {
    if (n === right.length) return 1;
    if (letter !== right[n]) return letter.codePointAt(0) - right[n].codePointAt(0);
  }
  return -1;
};

const WORD = /[^"\\\u0000-\u001f]*/y, SPACE = /[ \t\n\r]*/y, FIGURE = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/* Return the value of JSON text, without fractions, at most DEEPEST deep; with `once`, no name twice in a map. */
class Reader {
  constructor(text, once) {
    Object.assign(this, { text, once, at: 0 });
  }
  read() {
    const value = this.value(0);
    return this.at === this.text.length ? value : this.fail();
  }
  fail() {
    refuse("it is not written as it should be (JSON), near character {0}", this.at);
  }
  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }
  next(letter) {
    if (this.text[this.at] !== letter) return false;
    this.at += 1;
    return true;
  }
  value(depth) {
    if (depth > DEEPEST) refuse("it is nested deeper than {0} levels", DEEPEST);
    this.take(SPACE);
    const value = this.one(depth);
    this.take(SPACE);
    return value;
  }
  one(depth) {
    if (this.next('"')) return this.string();
    if (this.next("{")) return this.map(depth);
    if (this.next("[")) return this.list(depth);
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    const figure = this.take(FIGURE);
    return figure && figure.length < 4300 && !/[.eE]/.test(figure) ? BigInt(figure) : this.fail();
  }
  string() {
    let text = "";
    for (;;) {
      text += this.take(WORD);
      if (this.next('"')) return text;
      if (!this.next("\\")) this.fail();
      const letter = this.text[this.at++];
      if (letter === "u") {
        const code = this.text.slice(this.at, this.at + 4);
        if (!/^[0-9a-fA-F]{4}$/.test(code)) this.fail();
        text += String.fromCharCode(parseInt(code, 16));
        this.at += 4;
      } else {
        text += own(ESCAPES, letter) ?? this.fail();
      }
    }
  }
  map(depth) {
    const found = new Map();
    this.take(SPACE);
    if (this.next("}")) return found;
    do {
      this.take(SPACE);
      if (!this.next('"')) this.fail();
      const name = this.string();
      this.take(SPACE);
      if (!this.next(":")) this.fail();
      if (this.once && found.has(name)) refuse("a name stands twice in one map");
      found.set(name, this.value(depth + 1));
    } while (this.next(","));
    return this.next("}") ? found : this.fail();
  }
  list(depth) {
    const found = [];
    this.take(SPACE);
    if (this.next("]")) return found;
    do found.push(this.value(depth + 1)); while (this.next(","));
    return this.next("]") ? found : this.fail();
  }
}
const parse = (text, once = false) => new Reader(text, once).read();

/* RFC 8785, of all that the ledger holds: texts, whole numbers, booleans, null, lists and maps. */
const canonical = (value) => {
  if (typeof value === "string") return value.isWellFormed() ? JSON.stringify(value) : refuse("it holds half of a character");
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!(value instanceof Map)) return String(value);
  const names = [...value.keys()].sort(byCodePoint);
  return `{${names.map((name) => `${canonical(name)}:${canonical(value.get(name))}`).join()}}`;
};
const seal = (content) => sha256(encode(canonical(content)));

const isText = (value) => typeof value === "string";
const hasTexts = (value, ...names) => value instanceof Map && names.every((name) => isText(value.get(name)));
const mapsIn = (value, ...names) => (Array.isArray(value) ? value.filter((each) => hasTexts(each, ...names)) : []);
const listsIn = (value) => (Array.isArray(value) ? value.filter((each) => Array.isArray(each) && each.every(isText)) : []);
const textIn = (map, name) => (isText(map.get(name)) ? map.get(name) : "");
const asText = (value) => (isText(value) ? value : refuse(NO_BUNDLE));
const asList = (value) => (Array.isArray(value) ? value : refuse(NO_BUNDLE));
const figure = (text) => (isText(text) && NUMBER.test(text) ? Number(text) : refuse(NO_BUNDLE));
const isEmpty = (value) => !value || value.length === 0 || value.size === 0;
const hasNames = (map, names) => map.size === names.length && names.every((name) => map.has(name));
const keyOf = (...parts) => JSON.stringify(parts);
const shown = (instant) => `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
const isInstant = (text) => {
  if (!INSTANT.test(text) || text.startsWith("0000")) return false;
  const time = new Date(`${text.slice(0, 19)}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19);
};
const isWithin = (at, start, end) => start <= at && (!end || at < end);

/* — Findings. — */

const place = (words = "", project = "", seq = 0) => ({ words, project, seq });

class Report {
  constructor() {
    Object.assign(this, { faults: [], open: new Map(), notes: [], chains: [], emptied: new Map(), erasures: new Set() });
    Object.assign(this, { events: 0, contents: 0, seals: 0, signatures: 0, checkpoints: 0, records: [] });
  }
  add(kind, where, what) {
    this.faults.push({ kind, place: where.project === undefined ? place(where) : where, what });
  }
  /* Count a point that the chain cannot show. */
  leaveOpen(phrase, times = 1) {
    const key = spell(phrase);
    this.open.set(key, { phrase, times: (this.open.get(key)?.times ?? 0) + times });
  }
  finish() {
    if (!this.events && !this.faults.length) this.add(UNVERIFIABLE, "", say("there is no event to verify"));
    for (const [key, fault] of this.emptied) if (!this.erasures.has(key)) this.faults.push(fault);
  }
  get result() {
    return [ALTERED, TRUNCATED, UNVERIFIABLE].find((kind) => this.faults.some((fault) => fault.kind === kind)) ?? INTACT;
  }
  get firstBad() {
    const found = new Map();
    for (const fault of this.faults) {
      const { project, seq } = fault.place, before = found.get(project)?.place.seq;
      if (project && (before === undefined || (0 < seq && seq < (before || seq + 1)))) found.set(project, fault);
    }
    return found;
  }
  get erased() {
    return [...this.emptied.keys()].filter((key) => this.erasures.has(key)).map((key) => JSON.parse(key).join(" ")).sort(byCodePoint);
  }
  /* The report as verify_ledger.py --json gives it. */
  asJson() {
    const told = ({ place: { words }, what }) => (words ? `${spell(words)}: ${spell(what)}` : spell(what));
    return {
      result: this.result,
      verdict: VERDICTS[this.result],
      events: this.events,
      contents: this.contents,
      seals: this.seals,
      signatures: this.signatures,
      checkpoints: this.checkpoints,
      chains: this.chains.map(([, project, events, head]) => ({ project, events, head })),
      first_bad: Object.fromEntries([...this.firstBad].map(([code, fault]) => [code, told(fault)])),
      faults: this.faults.map(({ kind, place: where, what }) => ({ kind: VERDICTS[kind], where: spell(where.words), what: spell(what) })),
      not_verifiable: [...this.open].map(([what, { times }]) => ({ what, times })).sort((a, b) => byCodePoint(a.what, b.what)),
      erased: this.erased,
      notes: this.notes.map((note) => spell(note)),
    };
  }
}

/* Hashes that the chains must hold at given places. */
class Seen {
  constructor(report) {
    Object.assign(this, { report, places: new Map() });
  }
  of(project) {
    return this.places.get(project) ?? new Map();
  }
  note(project, seq, hash, source) {
    if (!this.places.has(project)) this.places.set(project, new Map());
    const places = this.places.get(project);
    if (!places.has(seq)) places.set(seq, [hash, source]);
    const [known, who] = places.get(seq);
    if (known !== hash) this.report.add(ALTERED, source, say("it disagrees with {0} on event {1} of project {2}", who, seq, project));
  }
  absent(present, whole) {
    for (const project of [...this.places.keys()].filter((each) => !present.has(each)).sort(byCodePoint)) {
      const places = this.places.get(project), seq = Math.max(...places.keys());
      if (whole) this.report.add(TRUNCATED, say("project {0}", project), say("it is missing, but {0} knew its event {1}", places.get(seq)[1], seq));
    }
  }
}

/* — Checkpoints. — */

const readSigned = (told) => {
  if (!(told instanceof Map)) refuse(NO_BUNDLE);
  const [body, hash, signature, publicKey] = ["body", "hash", "signature", "public_key"].map((name) => asText(told.get(name)));
  return { body: base64(body), hash, signature, publicKey, openings: told.has("openings") ? told.get("openings") : [] };
};
const keyId = (publicKey) => sha256(unhex(publicKey));

/* Return whether a signature is valid; null where the browser cannot check one. */
const isSigned = async (publicKey, signature, message) => {
  let key, bytes;
  try {
    key = await crypto.subtle.importKey("raw", unhex(publicKey), "Ed25519", false, ["verify"]);
  } catch (error) {
    return error.name === "NotSupportedError" ? null : false;
  }
  try {
    bytes = unhex(signature);
  } catch {
    return false;
  }
  return crypto.subtle.verify("Ed25519", key, bytes, message);
};

/* — Signatures of passkeys. — */

/* Return the whole number or the bytes at this place of CBOR, and the next place. */
const readCbor = (data, at) => {
  const first = at < data.length ? data[at] : 255, major = first >> 5, size = first & 31;
  const width = { 24: 1, 25: 2 }[size] ?? 0, end = at + 1 + width;
  if (major > 2 || (size > 23 && !width) || end > data.length) refuse(NO_BUNDLE);
  const number = width ? data.subarray(at + 1, end).reduce((sum, byte) => 256 * sum + byte, 0) : size;
  if (width && number < { 1: 24, 2: 256 }[width]) refuse(NO_BUNDLE);
  if (major !== 2) return [major ? -1 - number : number, end];
  if (end + number > data.length) refuse(NO_BUNDLE);
  return [data.subarray(end, end + number), end + number];
};

/* Return the key of a passkey (COSE): a map from numbers to numbers and bytes. */
const readCose = (data) => {
  const found = new Map(), count = data.length ? data[0] - 0xa0 : -1;
  let at = 1;
  for (let n = 0; n < (count >= 0 && count <= 23 ? count : 0); n += 1) {
    let name, value;
    [name, at] = readCbor(data, at);
    [value, at] = readCbor(data, at);
    if (typeof name !== "number" || found.has(name)) refuse(NO_BUNDLE);
    found.set(name, value);
  }
  if (at !== data.length || found.size !== count) refuse(NO_BUNDLE);
  return found;
};

/* Return the two numbers of an ECDSA signature, of 32 bytes each, from its only form. */
const readDer = (signature) => {
  const numbers = [];
  let at = 2;
  for (let n = 0; n < 2; n += 1) {
    const size = signature[at + 1] ?? 0, value = signature.subarray(at + 2, at + 2 + size);
    if (signature[at] !== 2 || !size || value.length !== size) refuse(NO_BUNDLE);
    const isPadded = size > 1 && value[0] === 0 && value[1] >= 0x80, digits = isPadded ? value.subarray(1) : value;
    if (digits.length > 32 || (!isPadded && (value[0] >= 0x80 || (size > 1 && value[0] === 0)))) refuse(NO_BUNDLE);
    numbers.push(new Uint8Array(32 - digits.length), digits);
    at += 2 + size;
  }
  if (signature[0] !== 0x30 || signature[1] !== signature.length - 2 || at !== signature.length) refuse(NO_BUNDLE);
  return join(...numbers);
};
const bytesOf = (key, name, ...lengths) => {
  const value = key.get(name);
  return value instanceof Uint8Array && lengths.includes(value.length) ? value : refuse(NO_BUNDLE);
};

/* The algorithm, the key and the signature as WebCrypto takes them, by type of key, algorithm and curve (COSE). */
const WAYS = {
  "2,-7,1": (key, signature) => {
    const point = join(new Uint8Array([4]), bytesOf(key, -2, 32), bytesOf(key, -3, 32));
    return [{ name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }, "raw", point, readDer(signature)];
  },
  "1,-8,6": (key, signature) => [{ name: "Ed25519" }, "raw", bytesOf(key, -2, 32), signature],
  "3,-257,": (key, signature) => {
    const modulus = bytesOf(key, -1, 256, 384, 512), exponent = bytesOf(key, -2, 3);
    if (hex(exponent) !== "010001" || modulus[0] < 0x80 || !(modulus.at(-1) & 1)) refuse(NO_BUNDLE);
    const form = { kty: "RSA", alg: "RS256", ext: true, n: base64url(modulus), e: "AQAB" };
    return [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, "jwk", form, signature];
  },
};

/* Return whether a passkey made this signature, in a way known here; null where the browser cannot check it. */
const isSignedByPasskey = async (way, cose, signature, message) => {
  let algorithm, form, data, bytes, key;
  try {
    [algorithm, form, data, bytes] = way(cose, signature);
    key = await crypto.subtle.importKey(form, data, algorithm, false, ["verify"]);
  } catch (error) {
    return error.name === "NotSupportedError" ? null : false;
  }
  return crypto.subtle.verify(algorithm, key, bytes, message);
};

class Checkpoints {
  constructor(report, seen, trusted, whole) {
    Object.assign(this, { report, seen, trusted, whole, last: null, lastHash: START, lastKey: "", vouched: false });
  }
  async add(signed) {
    const content = await this.read(signed);
    if (!content) return;
    const where = say("checkpoint {0}", content.get("number"));
    this.report.checkpoints += 1;
    this.checkOrder(signed, content, where);
    this.vouched ||= this.trusted.has(signed.publicKey);
    Object.assign(this, { last: content, lastHash: signed.hash, lastKey: signed.publicKey });
  }
  async finish() {
    if (!this.last) {
      if (this.trusted.size) this.report.add(UNVERIFIABLE, "", say("a key was given, but there is no checkpoint to use it on"));
    } else if (this.trusted.size && !this.vouched) {
      this.report.add(ALTERED, say("checkpoints"), say("none of them is signed by the key that was given"));
    } else if (!this.trusted.size) {
      this.report.notes.push(say(
        "the checkpoints are signed by key {0}, which came with them: compare it with the one the notary published, or give that one (--key) or a checkpoint kept elsewhere (--anchor)",
        await keyId(this.lastKey)));
    }
  }
  async read({ body, hash, signature, publicKey, openings }) {
    const message = join(encode(CHECKPOINT_DOMAIN), body);
    const add = (kind, where, what) => this.report.add(kind, where, say(what));
    let content, where, heads, whole;
    try {
      content = parse(decode(body));
      where = say("checkpoint {0}", String(figure(content.get("number"))));
      const version = asText(content.get("version"));
      if (version !== "1" && version !== "2") {
        this.report.add(UNVERIFIABLE, where, say("version {0} is not known here", version));
        return null;
      }
      for (const name of CHECKPOINT_FIELDS) if (name !== "heads") asText(content.get(name));
      heads = asList(version === "1" ? content.get("heads") : openings).map(
        (head) => [asText(head.get("project")), figure(head.get("seq")), asText(head.get("head"))]);
      whole = hasNames(content, CHECKPOINT_FIELDS) && canonical(content) === decode(body);
      if (version === "1") whole &&= isEmpty(openings);
      else await this.checkOpenings(openings, asList(content.get("heads")).map(asText), where);
    } catch {
      add(ALTERED, say("checkpoint"), "its bytes are not those of a checkpoint");
      return null;
    }
    if (!whole || await sha256(message) !== hash) add(ALTERED, where, "its bytes do not match its hash");
    if (!KEY.test(publicKey)) {
      add(UNVERIFIABLE, where, "the public key is missing");
    } else if (await keyId(publicKey) !== content.get("key")) {
      add(ALTERED, where, "it names another key than the one it is signed with");
    } else {
      const signed = await isSigned(publicKey, signature, message);
      if (signed === null) add(UNVERIFIABLE, where, "this browser cannot check its signature (Ed25519)");
      else if (!signed) add(ALTERED, where, "its signature is false");
    }
    for (const [project, seq, head] of heads) this.seen.note(project, seq, head, where);
    return content;
  }
  async checkOpenings(openings, heads, where) {
    const hashes = await Promise.all(openings.map((opening) => sha256(join(encode(HEAD_DOMAIN), encode(canonical(opening))))));
    if (hashes.some((hash) => !heads.includes(hash)) || openings.some((opening) => !hasNames(opening, OPENING_FIELDS))) {
      this.report.add(ALTERED, where, say("it opens a head that it does not hold"));
    } else if (this.whole && hashes.sort().join() !== heads.join()) {
      this.report.add(ALTERED, where, say("it does not open every head that it holds"));
    }
  }
  checkOrder(signed, content, where) {
    const [number, prev] = [content.get("number"), content.get("prev")];
    if (!this.last) {
      if ((this.whole || number === "1") && (number !== "1" || prev !== START)) {
        this.report.add(ALTERED, where, say("it is not the first one, which follows none"));
      }
      return;
    }
    const gap = Number(number) - Number(this.last.get("number"));
    if (gap < 1 || (this.whole && gap > 1)) {
      this.report.add(ALTERED, where, say("it does not follow checkpoint {0}: some are missing", this.last.get("number")));
    } else if (gap === 1 && prev !== this.lastHash) {
      this.report.add(ALTERED, where, say("it does not carry the hash of the one before it"));
    }
    if (signed.publicKey !== (this.last.get("next_key") || this.lastKey)) {
      this.report.add(ALTERED, where, say("it is signed by a key that was not announced"));
    }
  }
}

/* Time stamps (RFC 3161) need the certificate of an authority that the reader trusts: the program checks them. */
const countTimestamps = (report, timestamps) => {
  if (!timestamps.length) return;
  report.notes.push(say(
    "time stamps present: {0}; their authority was not checked: verify_ledger.py does that with the certificate of an authority that you trust (--authority)",
    timestamps.length));
  report.timestamps = timestamps.length;
};

/* — Chains. — */

/* Who holds which role and who is tied to a bidder, according to the events so far. */
class Standing {
  constructor(seats = new Map(), ties = new Map(), bidders = new Map(), rolesSince = "") {
    Object.assign(this, { seats, ties, bidders, rolesSince });
  }
  copy() {
    const seats = new Map([...this.seats].map(([number, seat]) => [number, seat && { ...seat }]));
    return new Standing(seats, new Map(this.ties), new Map(this.bidders), this.rolesSince);
  }
  inOffice(role, at) {
    return this.of(role).filter((seat) => isWithin(at, seat.start, seat.end)).map((seat) => seat.holder);
  }
  absence(role, at) {
    const gone = this.of(role).filter((seat) => seat.start <= at).map((seat) => this.gone(seat, at));
    if (gone.includes(null)) return null;
    const last = gone.filter(Boolean).sort().at(-1) ?? (this.rolesSince || at);
    const next = this.of(role).map((seat) => seat.start).filter((start) => start > at).sort()[0] ?? "";
    return { reason: this.inOffice(role, at).length ? "tied" : "vacant", since: last < at ? last : at, until: next };
  }
  of(role) {
    return [...this.seats.values()].filter((seat) => seat && seat.role === role && !seat.takenBack);
  }
  gone(seat, at) {
    if (!isWithin(at, seat.start, seat.end)) return seat.end;
    const tied = [...this.ties.values()].filter(([person, organisation]) => person === seat.holder && this.bidders.has(organisation));
    return tied.map(([, organisation, declared]) => [declared, this.bidders.get(organisation)].sort()[1]).sort()[0] ?? null;
  }
}

/* — Passkeys that their people were given. — */

const GIVEN = "give_credential", ENDED = "end_credential", CREDENTIAL = "projects.credential";
const SIGNED_AT = "Project {0}: passkeys signed at {1}.";
const SIGNED_BY_GIVEN = "Project {0}: signatures by passkeys that entries of the organisation gave to their people before: {1}.";

/* Return the entry of another chain on a passkey, by its bytes and hash; null, with a fault, unless sound. */
const readKeyEntry = async (report, body, kept) => {
  try {
    const text = decode(body), event = parse(text), facts = event.get("facts"), names = own(FIELDS, event.get("version"));
    const others = [...event].filter(([name]) => name !== "facts").map(([, value]) => value);
    const isSound = hasNames(event, names) && facts instanceof Map && [...others, ...facts.values()].every(isText)
      && canonical(event) === text && hasOneForm(event, facts) && event.get("seq") && isInstant(event.get("at"))
      && await sha256(join(encode(own(DOMAINS, event.get("version"))), body)) === kept;
    if (isSound) return event;
  } catch {
    /* As below. */
  }
  report.add(ALTERED, "", say("an entry on a passkey is not as it was recorded"));
  return null;
};
/* Return the entries of a bundle on passkeys, by their hash; a chain that is there must hold them. */
const readKeys = async (told, seen, report) => {
  const entries = new Map();
  for (const each of told) {
    const [body, kept] = readEvent(each), event = await readKeyEntry(report, body, kept);
    if (!event) continue;
    entries.set(kept, event);
    seen.note(event.get("project"), figure(event.get("seq")), kept, say("an entry on a passkey"));
  }
  return entries;
};
/* Return whether an entry gave the passkey of a signature to its person, when it says, and before. */
const givesPasskey = (given, seq, { person, at, since, key }) => {
  const facts = given.get("facts"), when = given.get("entered") || given.get("at");
  const said = [...["act", "subject", "detail", "seq", "at"].map((name) => given.get(name)), facts.get("person")];
  const told = [GIVEN, CREDENTIAL, "passkey", seq, since, person];
  return said.every((value, n) => value === told[n]) && when <= at && (facts.get("key") ?? key) === key;
};
/* Return whether an entry ended the passkey of a signature before it was made. */
const hadEnded = (ended, { at }) => Boolean(ended) && (ended.get("entered") || ended.get("at")) < at;
/* Judge whether the passkeys of signatures were their people's then; only a whole bundle must hold the entries. */
const judgeKeys = (chain, entries, whole) => {
  const ofCredential = (event) => keyOf(event.get("project"), event.get("subject_id"));
  const ends = new Map([...entries.values()].filter((event) => event.get("act") === ENDED).map((event) => [ofCredential(event), event]));
  let shown = 0;
  for (const claim of chain.keys) {
    const match = KEY_ENTRY.exec(claim.entry), given = match ? entries.get(match[2]) : undefined;
    const altered = (what) => chain.report.add(ALTERED, claim.place, say(what));
    if (!claim.entry) chain.leaveOpen("whether a passkey that signed was given to its person: the signed entry is older than that");
    else if (!match) altered("it does not name the entry that gave its passkey");
    else if (!given && whole) altered("the entry that gave its passkey is missing");
    else if (!given) chain.leaveOpen("whether a passkey that signed was given to its person: the entry that gave it is not in the file");
    else if (!givesPasskey(given, match[1], claim)) altered("the entry that it names did not give this passkey to its person before");
    else if (hadEnded(ends.get(ofCredential(given)), claim)) altered("its passkey had ended by then");
    else if (!given.get("facts").has("key")) {
      chain.leaveOpen("whether a passkey that signed was given to its person: the entry that gave it does not tell its key");
    } else shown += 1;
  }
  if (shown) chain.report.notes.push(say(SIGNED_BY_GIVEN, chain.code, shown));
};

/* The replacement of an owner by two hands, or by one alone, according to its events (R1). */
const DAYS_ALONE = 30, LEAST_MAILS = 4, REPLACEMENT = "projects.replacement";
const daysBetween = (earlier, later) => (isInstant(earlier) && isInstant(later)
  ? Math.round((Date.parse(`${later.slice(0, 10)}T00:00:00Z`) - Date.parse(`${earlier.slice(0, 10)}T00:00:00Z`)) / 86400000) : 0);

class Hands {
  constructor(former, successor, proposer, proposedAt, alone) {
    Object.assign(this, { former, successor, proposer, proposedAt, alone, second: "", secondedAt: "" });
    Object.assign(this, { announced: 0, objectedAt: "", done: false, confirmed: new Map() });
  }
  follow(event, facts) {
    const act = event.get("act"), at = event.get("at"), actor = event.get("actor");
    if (act === "second_replacement" && !this.second) Object.assign(this, { second: actor, secondedAt: at });
    else if (act === "announce_replacement") this.announced += 1;
    else if (act === "object_replacement" && actor === this.former) this.objectedAt ||= at;
    else if (act === "confirm_replacement") {
      const hand = actor === this.second ? "reseconded" : actor === this.proposer ? "reproposed" : "";
      if (hand && facts.get("hand") === hand && !this.confirmed.has(hand)) this.confirmed.set(hand, at);
    }
  }
  isContested(at) {
    if (!this.objectedAt || this.objectedAt > at) return false;
    const proposed = this.confirmed.get("reproposed") ?? this.proposedAt;
    if (proposed <= this.objectedAt || proposed > at) return true;
    if (!this.second) return !this.alone || daysBetween(proposed, at) < DAYS_ALONE;
    const seconded = this.confirmed.get("reseconded") ?? this.secondedAt;
    return seconded <= this.objectedAt || seconded > at;
  }
  counts(at) {
    if (this.done || this.isContested(at)) return false;
    if (this.second) return ![this.proposer, this.former, this.successor].includes(this.second);
    return this.alone && this.announced >= LEAST_MAILS && daysBetween(this.proposedAt, at) >= DAYS_ALONE;
  }
}

class Chain {
  constructor(project, code, report, seen, terms, unheard) {
    Object.assign(this, { project, code, report, terms, unheard, seen: seen.of(project), met: new Set(), seq: 0, head: START });
    Object.assign(this, { version: 1, standing: new Standing(), standingsBefore: [], signatures: new Map() });
    Object.assign(this, { byOthers: 0, byClosed: 0, ranges: [], sharedRanges: [], keys: [], given: new Map() });
    Object.assign(this, { hands: new Map(), followed: new Map(), accepted: new Set(), takesTwo: false });
  }
  get seats() {
    return this.standing.seats;
  }
  place(event, seq = 0) {
    const at = seq || this.seq;
    const words = event && INSTANT.test(event.get("at"))
      ? say("project {0}, event {1}, {2} recorded on {3}", this.code, at, own(ACTS, event.get("act")) ?? event.get("act"), shown(event.get("at")))
      : say("project {0}, event {1}", this.code, at);
    return place(words, this.code, at);
  }
  fault(kind, event, template, ...parts) {
    this.report.add(kind, this.place(event), say(template, ...parts));
  }
  leaveOpen(template, times = 1) {
    this.report.leaveOpen(say("project {0}: {1}", this.code, say(template)), times);
  }
  async add(body, kept) {
    this.report.events += 1;
    this.seq += 1;
    const leave = (kind, template, ...parts) => {
      this.fault(kind, null, template, ...parts);
      this.checkHash(kept, null);
      return null;
    };
    let event, version, encoded, text;
    try {
      text = decode(body);
      event = parse(text);
      if (!(event instanceof Map) || !event.has("version")) refuse(NO_BUNDLE);
      version = event.get("version");
      encoded = canonical(event);
    } catch {
      return leave(ALTERED, "its bytes are not those of a ledger event");
    }
    if (isText(version) && NUMBER.test(version)) {
      if (Number(version) < this.version) this.fault(ALTERED, null, "it is written in version {0}, after one in version {1}", version, this.version);
      this.version = Number(version);
    }
    const domain = isText(version) ? own(DOMAINS, version) : undefined;
    if (!domain) return leave(UNVERIFIABLE, "it is written in version {0}, which is not known here", isText(version) ? version : "?");
    const facts = event.get("facts");
    const others = [...event].filter(([name]) => name !== "facts").map(([, value]) => value);
    if (!hasNames(event, FIELDS[version]) || !(facts instanceof Map) || ![...others, ...facts.values()].every(isText)) {
      return leave(ALTERED, "it has not the fields of version {0}", version);
    }
    const given = NUMBER.test(event.get("seq")) ? Number(event.get("seq")) : 0;
    if (given !== this.seq) {
      const expected = this.seq;
      this.seq = given || this.seq;
      this.fault(ALTERED, event, "event {0} was expected here: some are missing, added or out of order", expected);
    }
    if (encoded !== text || !hasOneForm(event, facts)) this.fault(ALTERED, event, "its bytes are not canonical");
    if (await sha256(join(encode(domain), body)) !== kept) this.fault(ALTERED, event, "its bytes do not match its hash");
    if (event.get("prev") !== this.head) this.fault(ALTERED, event, "it does not carry the hash of the event before it");
    if (event.get("project") !== this.project) this.fault(ALTERED, event, "it belongs to project {0}", event.get("project"));
    if (!isInstant(event.get("at"))) this.fault(ALTERED, event, "it has no readable date");
    this.checkHash(kept, event);
    this.replay(event, facts);
    await this.judgeSignature(event, facts);
    if ([GIVEN, ENDED].includes(event.get("act"))) this.given.set(kept, event);
    for (const [name, ranges] of [["rows", this.ranges], ["shared", this.sharedRanges]]) {
      const match = ROWS.exec(facts.get(name) ?? "");
      const act = event.get("act"), erased = act === "erase" ? ["subject", "id", "fields"].map((each) => facts.get(each) ?? "") : null;
      const subject = keyOf(event.get("subject").replaceAll(".", "_"), event.get("subject_id"));
      if (match) ranges.push({ place: this.place(event), act, subject, erased, first: Number(match[1]), last: Number(match[2]), link: match[3] });
      else if (ranges.length || facts.has(name)) this.fault(ALTERED, event, "it does not say which rows were sealed ({0})", name);
    }
    return event;
  }
  finish() {
    if (this.byOthers) this.leaveOpen("whether the account of an owner was closed when an administrator ended the mandate", this.byOthers);
    if (this.byClosed) this.leaveOpen("whether the account of an adviser was closed when the owner decided without the opinion", this.byClosed);
    this.report.chains = this.report.chains.filter(([project]) => project !== this.project);
    this.report.chains.push([this.project, this.code, this.seq, this.head]);
    this.report.chains.sort(([a], [b]) => byCodePoint(a, b));
    const known = [...this.seen.keys()].sort((a, b) => a - b), beyond = known.filter((seq) => seq > this.seq);
    if (beyond.length) {
      const last = beyond.at(-1);
      this.report.add(TRUNCATED, place(say("project {0}", this.code), this.code, this.seq + 1),
        say("it ends at event {0}, but {1} saw event {2}", this.seq, this.seen.get(last)[1], last));
    }
    for (const seq of known.filter((each) => each <= this.seq && !this.met.has(each))) {
      this.report.add(ALTERED, this.place(null, seq), say("{0} saw it, and it is missing", this.seen.get(seq)[1]));
    }
  }
  checkHash(kept, event) {
    this.head = kept;
    const told = this.seen.get(this.seq);
    if (!told) return;
    this.met.add(this.seq);
    if (told[0] !== kept) this.fault(ALTERED, event, "it is not the one that {0} saw", told[1]);
  }

  /* Judge the signature of an act: that this passkey verified its person and signed this hash. */
  async judgeSignature(event, facts) {
    if (!own(SIGNED_ACTS, event.get("act")) || !SIGNED_FACTS.some((name) => facts.has(name))) return;
    this.report.signatures += 1;
    let challenge, publicKey, said, data, signature, client, key, origin;
    try {
      [challenge, publicKey, said, data, signature] = SIGNED_FACTS.map((name) => unhex(facts.get(name)));
      client = parse(decode(said), true);
      key = readCose(publicKey);
      origin = hasTexts(client, "type", "challenge", "origin") ? ORIGIN.exec(client.get("origin")) : null;
      if (!origin || challenge.length !== 32 || data.length < 37) refuse(NO_BUNDLE);
    } catch {
      this.fault(ALTERED, event, "its signature is not written as that of a passkey");
      return;
    }
    if (client.get("type") !== "webauthn.get" || client.get("challenge") !== base64url(challenge)) {
      this.fault(ALTERED, event, "its passkey signed something else than it says");
    }
    if ((data[32] & 5) !== 5) this.fault(ALTERED, event, "its passkey did not verify its person");
    const names = origin[1].split("."), hosts = names.map((_, n) => names.slice(n).join("."));
    const hashes = await Promise.all(hosts.map((host) => sha256(encode(host))));
    if (!hashes.includes(hex(data.subarray(0, 32)))) {
      this.fault(ALTERED, event, "its passkey belongs to another address than the one that it signed at");
    }
    const curve = key.get(1) === 3 ? "" : key.get(-1);
    const way = [key.get(1), key.get(3), curve].every((part) => !(part instanceof Uint8Array))
      ? own(WAYS, `${key.get(1)},${key.get(3)},${curve}`) : undefined;
    if (!way) {
      this.fault(UNVERIFIABLE, event, "its passkey signs in a way that is not known here");
    } else {
      const isSigned = await isSignedByPasskey(way, key, signature, join(data, await digest(said)));
      if (isSigned === null) this.fault(UNVERIFIABLE, event, "this browser cannot check the signature of its passkey (Ed25519)");
      else if (!isSigned) this.fault(ALTERED, event, "the signature of its passkey is false");
    }
    const note = say(SIGNED_AT, this.code, origin[0]);
    if (!this.report.notes.some((other) => spell(other) === spell(note))) this.report.notes.push(note);
    this.keys.push({
      place: this.place(event), person: event.get("actor"), at: event.get("entered") || event.get("at"),
      since: facts.get("since") ?? "", key: await sha256(publicKey), entry: facts.get("key_entry") ?? "",
    });
  }

  /* Authority, replayed from the events alone. */

  replay(event, facts) {
    const act = event.get("act"), number = event.get("subject_id");
    if (ON_STANDING.has(act)) {
      this.standingsBefore.push([event.get("at"), this.standing.copy()]);
      if (this.standingsBefore.length > MOST_EFFECTS) this.standingsBefore.shift();
    }
    const missing = [];
    /* The first fact that is missing ends the reading of an event, as a KeyError does. */
    const need = (name) => {
      if (facts.has(name)) return facts.get(name);
      missing.push(name);
      throw missing;
    };
    try {
      this.followHands(event, facts, need);
      if (act === "name_owner") this.judgeNaming(event, facts);
      if (act === "appoint" || act === "name_owner") {
        this.seats.set(number, facts.has("holder") ? {
          holder: need("holder"), authority: need("authority"), start: need("start"), end: need("end"),
          role: facts.get("of") ?? "", takenBack: false,
        } : null);
      } else if (act === "end_mandate" || act === "decline") {
        const seat = this.seats.get(number);
        if (act === "end_mandate") this.judgeEnd(event, seat);
        else this.judgeRefusal(event, seat);
        if (seat && facts.has("end")) Object.assign(seat, { end: facts.get("end"), takenBack: event.get("at") < seat.start });
        else this.seats.set(number, null);
      } else if (act === "delegate") {
        this.signatures.set(number, facts.has("delegate") ? {
          mandate: need("mandate"), delegate: need("delegate"), kinds: need("kinds").split(","), cap: need("cap"),
          start: need("start"), end: need("end"),
        } : null);
      } else if (act === "revoke") {
        const signature = this.signatures.get(number);
        if (signature && facts.has("end")) signature.end = facts.get("end");
        else this.signatures.set(number, null);
      } else if (act === "decide") {
        this.authority(event, need);
        this.judgeAbsences(event);
      } else if (act === "erase") {
        this.report.erasures.add(keyOf(event.get("subject"), number));
        if (facts.has("subject")) this.report.erasures.add(keyOf(facts.get("subject"), facts.get("id") ?? ""));
      } else if (ON_STANDING.has(act)) {
        this.followTies(event, facts, need);
      }
    } catch (error) {
      if (error !== missing) throw error;
      this.fault(ALTERED, event, "it does not say {0}", `'${missing[0]}'`);
    }
  }
  followHands(event, facts, need) {
    const act = event.get("act"), number = event.get("subject_id");
    if (facts.get("hands") === "two" || act === "propose_replacement") this.takesTwo = true;
    if (act === "accept") this.accepted.add(number);
    if (event.get("subject") !== REPLACEMENT) return;
    if (act === "propose_replacement") {
      const about = [need("former"), need("successor"), event.get("actor"), event.get("at"), need("alone") === "yes"];
      if (!this.hands.has(number)) this.hands.set(number, new Hands(...about));
    } else if (this.hands.has(number)) this.hands.get(number).follow(event, facts);
  }
  followTies(event, facts, need) {
    const act = event.get("act"), at = event.get("at"), { ties, bidders } = this.standing;
    if (act === "declare_interest" && facts.has("person")) ties.set(event.get("subject_id"), [facts.get("person"), need("organisation"), at]);
    else if (act === "settle_interest") ties.delete(event.get("subject_id"));
    else if (act === "note_bidder" && facts.has("organisation")) bidders.set(facts.get("organisation"), at);
    else if (act === "apply_roles" || act === "adapt_roles") {
      const since = this.standing.rolesSince || at;
      this.standing.rolesSince = since < at ? since : at;
    }
  }
  judgeAbsences(event) {
    const [unheard, told] = this.unheard.get(event.get("subject_id")) ?? [[], new Map()];
    const at = event.get("at"), entered = event.get("entered") ?? "";
    const before = this.standingsBefore.filter(([changed]) => changed === at || (changed > at && !entered));
    const standings = [this.standing, ...before.map(([, old]) => old)];
    for (const role of [...new Set([...unheard, ...told.keys()])].sort(byCodePoint)) {
      const said = told.get(role), holders = standings.map((standing) => standing.inOffice(role, at));
      const found = standings.map((standing) => standing.absence(role, at));
      const isSame = (each) => (said === undefined ? each === null
        : each !== null && said.size === 3 && Object.entries(each).every(([name, value]) => said.get(name) === value));
      const reason = said?.get("reason");
      if (found.some(isSame)) continue;
      if ([...this.seats.values()].some((seat) => !seat?.role)) this.leaveOpen("whether an opinion was impossible");
      else if (reason === "closed" && holders.some((each) => each.length)) this.byClosed += 1;
      else if (reason === "tied" && Math.max(...holders.map((each) => each.length)) > 1) {
        this.leaveOpen("since when several holders could give no opinion");
      } else this.fault(ALTERED, event, "it does not say of {0} what the mandates say (R2)", role);
    }
  }
  judgeEnd(event, ended) {
    const owners = this.owners(event.get("at"));
    if (!ended || owners.includes(event.get("actor")) || [...this.seats.values()].includes(null)) return;
    if (ended.authority === "decides") {
      const at = event.get("at"), actor = event.get("actor");
      if (this.takesTwo && ![...this.hands.values()].some((hands) => hands.successor === actor && hands.counts(at))) {
        this.fault(ALTERED, event, "its actor ended the mandate of an owner without two hands (R1)");
      }
      this.byOthers += owners.length;
    } else this.fault(ALTERED, event, "its actor did not hold the mandate that decides (R1)");
  }
  judgeRefusal(event, declined) {
    if (declined && (event.get("actor") !== declined.holder || this.accepted.has(event.get("subject_id")))) {
      this.fault(ALTERED, event, "it declines the mandate of somebody else, or one that was accepted (R11)");
    }
  }
  judgeNaming(event, facts) {
    const owners = this.owners(event.get("at"));
    if (owners.length && !owners.includes(event.get("actor"))) {
      this.fault(ALTERED, event, "its actor named an owner while another one was in office (R1)");
    }
    this.judgeFollowing(event, facts);
  }
  judgeFollowing(event, facts) {
    const at = event.get("at"), actor = event.get("actor"), all = [...this.seats.values()];
    const earlier = all.filter((seat) => seat?.authority === "decides");
    const leaving = earlier.filter((seat) => seat.start <= at && (!seat.end || seat.end >= at)).map((seat) => seat.holder);
    const named = leaving.includes(actor) && !facts.has("replacement");
    if (!this.takesTwo || !earlier.length || all.includes(null) || named) return;
    const hands = this.hands.get(facts.get("replacement") ?? "");
    if (hands && hands.successor === facts.get("holder") && hands.successor === actor && hands.counts(at)) {
      hands.done = true;
      this.followed.set(event.get("subject_id"), hands);
    } else this.fault(ALTERED, event, "it names an owner in place of another one without two hands (R1)");
  }
  judgeNewOwner(event, mandate, seat) {
    if (!this.takesTwo) return;
    const deciding = [...this.seats.values()].filter((other) => other?.authority === "decides");
    if (deciding.some((other) => other.start < seat.start && !other.takenBack) && !this.accepted.has(mandate)) {
      this.fault(ALTERED, event, "its owner follows another one and had not accepted (R1)");
    }
    if (this.followed.get(mandate)?.isContested(event.get("at"))) {
      this.fault(ALTERED, event, "its owner acted against the objection of the one before (R1)");
    }
  }
  owners(at) {
    const deciding = [...this.seats.values()].filter((seat) => seat?.authority === "decides");
    return deciding.filter((seat) => isWithin(at, seat.start, seat.end)).map((seat) => seat.holder);
  }
  authority(event, need) {
    const at = event.get("at"), actor = event.get("actor"), altered = (what) => this.fault(ALTERED, event, what);
    const mandate = need("mandate");
    if (!this.seats.has(mandate)) return altered("it rests on a mandate that no event before it gives (R1)");
    const seat = this.seats.get(mandate);
    if (!seat) return this.leaveOpen("who held the mandate of a decision");
    if (seat.authority !== "decides" || !isWithin(at, seat.start, seat.end)) altered("the mandate it rests on did not decide then (R1)");
    this.judgeNewOwner(event, mandate, seat);
    const delegation = need("delegation");
    if (!delegation) {
      if (seat.holder !== actor) altered("its actor did not hold the mandate it rests on (R1)");
      return undefined;
    }
    if (!this.signatures.has(delegation)) return altered("it rests on a delegation that no event before it gives (R1)");
    const signature = this.signatures.get(delegation);
    if (!signature) return this.leaveOpen("who held the delegation of a decision");
    if (signature.mandate !== mandate || signature.delegate !== actor || !isWithin(at, signature.start, signature.end)) {
      altered("its actor did not hold the delegation it rests on (R1)");
    }
    const terms = this.terms.get(need("revision"));
    if (!terms) return this.leaveOpen("whether a delegation covers kind and amount of a decision");
    const own = terms[2].get(event.get("facts").get("option") ?? "") ?? "";
    if (!signature.kinds.includes(terms[0]) || isBeyond(terms[1], signature.cap, event) || (own && isBeyond(own, signature.cap, event))) {
      altered("its kind or its amount is beyond the delegation it rests on (R1)");
    }
    return undefined;
  }
}

const amountsIn = (alternatives) => {
  const others = alternatives instanceof Map ? [...alternatives] : [];
  return new Map(others.filter(([, own]) => own instanceof Map).map(([letter, own]) => [letter, textIn(own, "amount")]));
};
const unheardIn = (waived, impossible) => {
  const absent = impossible instanceof Map ? impossible : new Map();
  const facts = [...absent].map(([role, told]) => [role, told instanceof Map ? told : new Map()]);
  return [waived instanceof Map ? [...waived.keys()] : [], new Map(facts)];
};
const hasOneForm = (event, facts) => {
  const numbers = [...NUMBERS.map((name) => event.get(name)), ...NUMBERS_IN_FACTS.map((name) => facts.get(name))];
  const instants = [event.get("at"), event.get("entered")];
  if (ON_SEATS.has(event.get("act"))) {
    instants.push(facts.get("start"), facts.get("end"));
    if (facts.get("cap") && !AMOUNT.test(facts.get("cap"))) return false;
  }
  return numbers.every((number) => !number || NUMBER.test(number)) && instants.every((instant) => !instant || isInstant(instant));
};
const isBeyond = (amount, cap, event) => {
  if (!cap || (!amount && !event.get("facts").has("seen"))) return false;
  if (!AMOUNT.test(amount) || !AMOUNT.test(cap)) return true;
  return amount.length === cap.length ? amount > cap : amount.length > cap.length;
};

/* — What acts write. — */

const ACT_WRITES = new Map(Object.entries(WRITES).map(([act, line]) => [act, new Map(line.split(";").map((part) => {
  const [table, ...signs] = part.trim().split(" ");
  return [table, { adds: signs.includes("+"), removes: signs.includes("-"), columns: signs.filter((sign) => !"+-".includes(sign)) }];
}))]));
const baseOf = (table) => {
  const at = table.indexOf("_historical");
  return at < 0 ? "" : `${table.slice(0, at)}_${table.slice(at + "_historical".length)}`;
};
/* Return whether these acts add ("+") or take away ("-") rows of a table, or change ("~") all these columns. */
const mayWrite = (acts, table, kind, tells) => {
  const base = baseOf(table), count = base ? acts.filter((act) => kind === "+" || (kind === "~" && act === "erase")) : acts;
  const found = count.map((act) => ACT_WRITES.get(act)?.get(base || table)).filter(Boolean);
  if (kind === "~") return tells.split(",").every((column) => found.some(({ columns }) => columns.includes(column)));
  if (kind === "-") return found.some(({ removes }) => removes);
  return SEALED_LATER.has(table) || found.some(({ adds }) => base || adds);
};
/* Return the seals of a chain by the acts that wrote them: spans of one transaction, none without an event. */
const listSpans = (report, where, ranges) => {
  const spans = [], named = ranges.filter(({ first, last }) => first <= last).sort((a, b) => a.last - b.last), groups = [];
  for (const range of named) {
    if (groups.at(-1)?.[0].first === range.first) groups.at(-1).push(range);
    else groups.push([range]);
  }
  let reached = 0;
  const add = (last, acts, at, group, subjects = [], erased = []) => spans.push({ last, acts, place: at, group, subjects, erased });
  for (const events of groups) {
    const { first } = events[0];
    if (first <= reached) report.add(ALTERED, events[0].place, say("it names rows of other acts as its own"));
    if (first > reached + 1) add(first - 1, [], where, reached + 1);
    reached = Math.max(reached, first - 1);
    for (const [n, event] of events.entries()) {
      if (event.last <= reached) continue;
      const later = events.slice(n);
      const acts = [...new Set(later.map(({ act }) => act))], erased = later.map((each) => each.erased).filter(Boolean);
      add(event.last, acts, event.place, first, later.map(({ subject }) => subject), erased);
      reached = event.last;
    }
  }
  add(0, [], where, reached + 1);
  return spans;
};
/* Return whether a change of a row is that of an erasure, which overwrites the history as well. */
const isErasure = (acts, table, kind, tells) => kind === "~" && acts.includes("erase") && mayWrite(["erase"], table, kind, tells);
/* Judge a seal of the second version against the acts of its span. */
const judgeWrite = (report, span, { table, row }, kind, tells, { shared, refixed, relaid, hasVersion }) => {
  const altered = (what) => report.add(ALTERED, span.place, say(what, table, row));
  const acts = shared ? [...span.acts, WITHOUT_EVENT] : span.acts;
  if (refixed) altered("{0} {1} was changed in what no act changes");
  else if (acts.includes("seal_rows") && (kind === "+" || (kind === "~" && relaid && !tells))) return;
  else if (!mayWrite(acts, table, kind, tells)) {
    if (!span.acts.length) altered("{0} {1} was written by no act");
    else if (kind === "+") altered("{0} {1} was added by an act that does not do that");
    else altered(kind === "~" ? "{0} {1} was changed by an act that does not do that" : "{0} {1} was taken away by an act that does not do that");
  } else if (isErasure(acts, table, kind, tells)) return;
  else if (VERSIONED.has(table)) {
    if (!hasVersion) altered("{0} {1} was written without its history");
  } else if (kind === "~" && !baseOf(table) && !span.subjects.includes(keyOf(table, row))) {
    altered("{0} {1} was changed by an act that is not about it");
  }
};
/* Return table and number of the record that a row is, or a version of. */
const recordOf = (table, row, said) => {
  const base = baseOf(table);
  return base ? [base, said.get(own(KEYS, base) ?? "id") || ""] : [table, row];
};
/* Judge a row that an erasure changed: that it names the row and these columns, and left nothing but a mark. */
const judgeErasure = (report, span, table, row, tells, said, account) => {
  const [base, told] = recordOf(table, row, said), number = base === ACCOUNTS ? account : told;
  const altered = (what) => report.add(ALTERED, span.place, say(what, table, row));
  const columns = tells.split(",").filter((column) => column !== "salt"), isQuoted = QUOTED.has(base);
  const isNamed = isQuoted || span.erased.some(([subject, named, fields]) => subject.replaceAll(".", "_") === base && named === number
    && (base === ACCOUNTS || columns.every((column) => fields.split(",").includes(column))));
  if (!isNamed) altered("{0} {1} was changed by an erasure that does not name it");
  else if (base !== ACCOUNTS && !columns.every((column) => isBlank(said.get(column), isQuoted))) {
    altered("{0} {1} says something where an erasure left a mark");
  }
};
/* Return whether a column is empty, the mark of an erasure, a list or a map; a quotation ends with the mark. */
const isBlank = (text, isQuoted) => {
  if (!text || text === NO_BYTES || (isQuoted ? ERASURE.test(text) : ERASURE.exec(text)?.[0] === text)) return true;
  try {
    return "[{".includes(text[0]) && parse(text) !== null;
  } catch {
    return false;
  }
};

/* — Rows that the chain seals. — */

class Rows {
  constructor(report, given) {
    this.report = report;
    this.given = new Map(given.map((row) => [keyOf(row.get("table"), row.get("row")), row]));
    if (this.given.size !== given.length) report.add(ALTERED, "", say("the bundle gives a row twice"));
    this.left = new Set(this.given.keys());
    Object.assign(this, { places: new Map(), erased: [] });
  }
  async judge(where, seals, ranges, shared, given, whole) {
    const links = new Map(), newest = new Map(), spans = listSpans(this.report, where, ranges);
    const read = seals.map(([table, row, hash, tells = "", fixed = null, layout = ""]) => ({ table, row, hash, tells, fixed, layout }));
    const versions = listVersions(read, spans);
    let link = new Uint8Array(32), at = 0, isSecond = false;
    for (const [n, seal] of read.entries()) {
      const { table, row, hash, tells, fixed } = seal, key = keyOf(table, row), number = n + 1;
      const parts = fixed === null ? [SEAL_DOMAIN, `${table} ${row} `] : [SECOND_SEAL_DOMAIN, `${table} ${row} ${tells} `];
      link = await digest(join(encode(parts[0]), link, encode(parts[1]), unhex(hash), unhex(fixed ?? "")));
      links.set(number, hex(link));
      while (0 < spans[at].last && spans[at].last < number) at += 1;
      if (isSecond && fixed === null) {
        this.report.add(ALTERED, where, say("the seal {0} of its rows is of an earlier version than before", number));
      }
      isSecond = fixed !== null;
      const before = newest.get(key);
      newest.set(key, seal);
      if (whole || !shared) this.judgeSeal(spans[at], seal, before, shared, versions.has(number));
    }
    this.report.seals += seals.length;
    const wrong = ranges.find((each) => each.last && links.get(each.last) !== each.link);
    if (wrong) this.report.add(ALTERED, wrong.place, say("the seals of {0} up to it are not those it names", shared ? say("the rows that projects share") : say("rows")));
    for (const [key, seal] of newest) await this.judgeRow(where, key, seal, given);
  }
  judgeSeal(span, seal, before, shared, hasVersion) {
    const { table, row, hash, fixed, layout } = seal;
    if (fixed === null) {
      if (!span.acts.length && !shared && !SEALED_LATER.has(table)) this.report.add(ALTERED, span.place, say("{0} {1} was written by no act", table, row));
      return;
    }
    const kind = !hash ? "-" : before?.hash ? "~" : "+", tells = kind === "~" ? seal.tells : "";
    const relaid = before?.layout !== layout, refixed = kind === "~" && !relaid && before.fixed !== fixed;
    judgeWrite(this.report, span, seal, kind, tells, { shared, refixed, relaid, hasVersion });
    if (isErasure(span.acts, table, kind, tells)) this.erased.push([span, keyOf(table, row), tells]);
  }
  async judgeRow(where, key, { table, row, hash, fixed }, given) {
    const content = this.given.get(key), altered = (what) => this.report.add(ALTERED, where, say(what, table, row));
    this.left.delete(key);
    this.places.set(key, where);
    if (!content) {
      if (hash && given) altered("{0} {1} is missing");
    } else if (!hash) {
      altered("{0} {1} was deleted, and is here");
    } else if (!(await isAsSealed(hash, fixed, content))) {
      altered("{0} {1} is not as it was sealed");
    }
  }
  finish() {
    const left = [...this.left].map((key) => JSON.parse(key)).sort(byParts), newest = new Map();
    for (const [table, row] of left) this.report.add(ALTERED, "", say("{0} {1} was not sealed by any act", table, row));
    for (const [key, content] of this.given) {
      const said = content.get("table") === FILES ? readRow(content) : new Map();
      if (!said.size || [said.get("sha256"), NO_BYTES].includes(said.get("content"))) continue;
      this.report.add(ALTERED, this.places.get(key) ?? "", say("{0} {1} holds other bytes than its fingerprint says", FILES, content.get("row")));
    }
    for (const content of this.given.values()) {
      const base = baseOf(content.get("table")), row = content.get("row"), said = base && NUMBER.test(row) ? readRow(content) : new Map();
      if (!said.size) continue;
      const key = keyOf(...recordOf(content.get("table"), row, said));
      if (!newest.has(key) || Number(row) > newest.get(key)[0]) newest.set(key, [Number(row), said]);
    }
    for (const [key, [, version]] of newest) {
      const said = [...readRow(this.given.get(key) ?? new Map())];
      if (!said.some(([name, value]) => version.has(name) && version.get(name) !== value)) continue;
      this.report.add(ALTERED, this.places.get(key) ?? "", say("{0} {1} is not as its history says", ...JSON.parse(key)));
    }
    for (const [span, key, tells] of this.erased) {
      const said = readRow(this.given.get(key) ?? new Map());
      if (!said.size) continue;
      const [table, row] = JSON.parse(key), record = this.given.get(keyOf(...recordOf(table, row, said)));
      judgeErasure(this.report, span, table, row, tells, said, readRow(record ?? new Map()).get("key") || "");
    }
  }
}
const byParts = ([a, b], [c, d]) => byCodePoint(a, c) || byCodePoint(b, d);
/* Return the places of the seals of which a row of the history that the same acts added is the version. */
const listVersions = (seals, spans) => {
  const found = new Set();
  let at = 0;
  for (const [n, { table, tells }] of seals.entries()) {
    while (0 < spans[at].last && spans[at].last < n + 1) at += 1;
    const told = SEAL_PLACE.test(tells) ? Number(tells) : 0;
    if (spans[at].group <= told && told < n + 1 && seals[told - 1].table === baseOf(table)) found.add(told);
  }
  return found;
};
/* Return whether a row of a bundle has the hashes of its seal. */
const isAsSealed = async (hash, fixed, content) => {
  if (fixed === null) return await sha256(encode(content.get("salt") + content.get("text"))) === hash;
  if (!hasTexts(content, "fixed_salt", "fixed")) return false;
  const unchanged = await sha256(encode(content.get("fixed_salt") + content.get("fixed")));
  return unchanged === fixed && await sha256(encode(content.get("salt") + unchanged + content.get("text"))) === hash;
};
/* Return the columns of a row of a bundle, or nothing where they are not told as texts. */
const readRow = (content) => {
  try {
    const parts = ["fixed", "text"].map((name) => parse(asText(content.get(name)), true));
    const said = new Map(parts.filter((part) => part instanceof Map).flatMap((part) => [...part]));
    return [...said.values()].every((value) => value === null || isText(value)) ? said : new Map();
  } catch {
    return new Map();
  }
};

/* — Contents that the chain seals. — */

const sealIn = (event) => {
  const subject = event.get("subject");
  if (!(own(SEALED_BY, subject) ?? own(SETTLING, subject) ?? []).includes(event.get("act"))) return null;
  const name = event.get("version") === "1" ? own(FIRST_SEALS, subject) ?? "" : "content";
  return event.get("facts").get(name) ?? "";
};
const isErased = (content) => content.get("salt") === ERASED;

class Contents {
  constructor(report, given) {
    this.report = report;
    this.given = new Map(given.map((record) => [keyOf(record.get("subject"), record.get("id")), record]));
    this.unmet = new Set(this.given.keys());
    this.last = new Map();
    this.effects = new Map();
  }
  of(subject) {
    return [...this.given.values()].filter((record) => record.get("subject") === subject);
  }
  async terms() {
    const contents = this.of(REVISION).map((record) => record.get("content"));
    return new Map(await Promise.all(contents.map(async (content) => [
      await seal(content), [textIn(content, "kind"), textIn(content, "amount"), amountsIn(content.get("alternatives"))]])));
  }
  unheard() {
    const contents = this.of(DECISION).map((record) => [record.get("id"), record.get("content")]);
    return new Map(contents.filter(([, content]) => !isErased(content)).map(
      ([number, content]) => [number, unheardIn(content.get("waived"), content.get("impossible"))]));
  }
  meet(chain, event, allGiven) {
    const [subject, number] = [event.get("subject"), event.get("subject_id")], key = keyOf(subject, number);
    const record = this.given.get(key), facts = event.get("facts");
    if (sealIn(event) === null || (!record && !allGiven)) return;
    const where = chain.place(event);
    if (this.last.has(key) && !own(SETTLING, subject)) this.report.add(ALTERED, where, say("another event before it sealed {0} {1}", subject, number));
    if (facts.has("effects") && record) {
      const decision = subject === DECISION ? number : textIn(record, "decision");
      if (facts.get("effects") || !this.effects.has(decision)) this.effects.set(decision, [where, facts.get("effects")]);
    }
    this.unmet.delete(key);
    this.last.set(key, [where, event]);
  }
  async finish() {
    for (const [key, [where, event]] of this.last) await this.judge(key, where, event);
    for (const [subject, number] of [...this.unmet].map((key) => JSON.parse(key)).sort(byParts)) {
      if (subject !== CONDITION) this.report.add(ALTERED, `${subject} ${number}`, say("no event seals it"));
    }
    await this.judgeFiles();
  }
  async judge(key, where, event) {
    const [subject, number] = [event.get("subject"), event.get("subject_id")], content = this.given.get(key)?.get("content");
    if (!content) {
      this.report.add(ALTERED, where, say("the record it is about ({0} {1}) is missing", subject, number));
      return;
    }
    this.report.contents += 1;
    if (isErased(content)) {
      this.report.emptied.set(key, { kind: ALTERED, place: where, what: say("the text of {0} {1} is gone, and no event erased it", subject, number) });
    } else if (await seal(content) !== sealIn(event)) {
      this.report.add(ALTERED, where, say("the content of {0} {1} is not the one it seals", subject, number));
    }
    const facts = event.get("facts");
    if (subject === DOCUMENT && facts.has("sha256") && facts.get("sha256") !== content.get("sha256")) {
      this.report.add(ALTERED, where, say("the fingerprint of {0} {1} is not the one it tells", subject, number));
    }
  }
  /* Compare which option a decision takes, and how it says it was confirmed, with its event. */
  async judgeConfirmation(where, event, content) {
    if (isErased(content)) return;
    const facts = event.get("facts"), listed = content.get("factors");
    const factors = Array.isArray(listed) ? listed.filter(isText).join() : null;
    if ((facts.get("factors") ?? null) !== factors || (facts.get("since") ?? null) !== (content.get("since") ?? null)) {
      this.report.add(ALTERED, where, say("the decision does not tell how it was confirmed as its event does"));
    }
    if ((facts.get("option") ?? "") !== (content.get("option") ?? "")) {
      this.report.add(ALTERED, where, say("the decision does not take the option that its event tells"));
    }
  }
  /* Compare what a passkey signed, if one did, with the content that an act recorded. */
  async judgeStatement(where, event, content) {
    const facts = event.get("facts");
    if (isErased(content) || !facts.has("challenge")) return;
    const [signatory, beside] = own(SIGNED_ACTS, event.get("act"));
    const statement = new Map(beside.map((name) => [name, facts.get(name) ?? ""]));
    for (const [name, of] of [["project", "project"], ["proposal", "proposal"], [signatory, "actor"]]) statement.set(name, event.get(of));
    statement.set("content", new Map([...content].filter(([name]) => !UNSIGNED.includes(name))));
    if (await sha256(encode(SIGNATURE_DOMAIN + canonical(statement))) !== facts.get("challenge")) {
      this.report.add(ALTERED, where, say("what was signed with a passkey is not what is recorded"));
    }
  }
  async judgeRecord(language, pdf) {
    const decisions = new Set(this.of(DECISION).map((record) => record.get("id")));
    const sealed = this.of(RECORD).filter((record) => this.last.has(keyOf(RECORD, record.get("id")))).map((record) => record.get("content"))
      .filter((content) => textIn(content, "language") === language && !isErased(content) && decisions.has(textIn(content, "decision")))
      .map((content) => textIn(content, "sha256"));
    const name = `record-${language}.pdf`;
    if (!sealed.length) this.report.leaveOpen(say("whether {0} is the record: its fingerprint was not sealed", name));
    else if (!sealed.includes(await sha256(pdf))) this.report.add(ALTERED, name, say("it is not the record that was stored"));
    else this.report.records.push(name);
  }
  async judgeFiles() {
    const revisions = new Map(await Promise.all(this.of(REVISION).map(async (record) => [await seal(record.get("content")), record.get("content")])));
    for (const record of this.of(OPINION)) {
      const met = this.last.get(keyOf(OPINION, record.get("id")));
      if (met) await this.judgeStatement(...met, record.get("content"));
    }
    for (const record of this.of(DECISION)) {
      const [id, content] = [record.get("id"), record.get("content")], found = this.last.get(keyOf(DECISION, id));
      if (!found) continue;
      const [where, event] = found, told = event.get("facts").get("revision") ?? "";
      const file = mapsIn(content.get("file"), "item", "hash");
      const kept = file.filter((item) => item.get("item") === "revision");
      if (kept.length && kept.at(-1).get("hash") !== told) this.report.add(ALTERED, where, say("it answers another revision than the one in its file"));
      const now = new Map(mapsIn(revisions.get(told)?.get("attachments"), "document", "sha256").map(
        (attached) => [`document:${attached.get("document")}`, attached.get("sha256")]));
      for (const [subject, nameOf] of [[OPINION, (opinion) => `opinion:${textIn(opinion, "role")}`], [BINDING, () => "binding"]]) {
        for (const other of this.of(subject).map((each) => each.get("content"))) {
          if (other.get("revision") === told && !isErased(other)) now.set(nameOf(other), await seal(other));
        }
      }
      await this.judgeConfirmation(where, event, content);
      await this.judgeStatement(where, event, content);
      for (const item of isErased(content) ? [] : file) {
        if (now.has(item.get("item")) && now.get(item.get("item")) !== item.get("hash")) {
          this.report.add(ALTERED, where, say("{0} is not the one that was before the signatory", item.get("item")));
        }
      }
      if (this.effects.has(id) && record.has("effects")) await this.judgeEffects(record, ...this.effects.get(id));
      if (!isErased(content)) this.judgeConditions(record, where);
    }
  }
  async judgeEffects(record, where, told) {
    const salt = record.get("content").get("salt") ?? "", effects = record.get("effects");
    if (salt === ERASED) return;
    const hash = isEmpty(effects) ? "" : await seal(new Map([["salt", salt], ["effects", effects]]));
    if (hash !== told) this.report.add(ALTERED, where, say("what the decision changed is not what it tells"));
  }
  judgeConditions(decision, where) {
    const sealed = listsIn(decision.get("content").get("conditions")), written = sealed.map(canonical);
    for (const condition of this.of(CONDITION)) {
      const content = condition.get("content");
      if (condition.get("decision") !== decision.get("id") || isErased(content) || !content.has("set")) continue;
      if (!written.includes(canonical(content.get("set")))) {
        this.report.add(ALTERED, where, say("condition {0} is not as the owner set it", condition.get("id")));
      }
      const found = this.last.get(keyOf(CONDITION, condition.get("id")));
      if (found) this.judgeLapse(...found, content, sealed);
    }
  }
  judgeLapse(where, event, content, conditions) {
    const hasLapsed = event.get("act") === "lapse";
    if (hasLapsed !== (content.get("state") === "lapsed")) {
      this.report.add(ALTERED, where, say("a condition has lapsed, and its last event tells something else"));
    }
    const ending = conditions.filter((condition) => condition.length > 4 && ENDING.includes(condition.at(-1)));
    if (hasLapsed && !ending.some((condition) => condition[3] <= event.get("at").slice(0, 10))) {
      this.report.add(ALTERED, where, say("no condition that was due then ends the decision, as the owner set them"));
    }
  }
}

/* — Bundles. — */

const ensureShape = (bundle) => {
  const list = (name) => asList(bundle.has(name) ? bundle.get(name) : []);
  const [projects, contents, checkpoints] = ["projects", "contents", "checkpoints"].map((name) => asList(bundle.get(name)));
  const receipt = bundle.get("receipt") ?? null;
  const seals = [...projects.map((each) => (hasTexts(each, "project", "code") && each.has("seals") ? asList(each.get("seals")) : [])), list("shared")];
  const isSound = hasTexts(bundle, "whole", "contents_of")
    && projects.every((each) => hasTexts(each, "project", "code") && Array.isArray(each.get("events")))
    && seals.every((each) => each.every((one) => Array.isArray(one) && [3, 6].includes(one.length) && one.every(isText)))
    && contents.every((each) => hasTexts(each, "subject", "id") && each.get("content") instanceof Map)
    && list("rows").every((each) => hasTexts(each, "table", "row", "salt", "text"))
    && list("timestamps").every((each) => hasTexts(each, "number", "token"))
    && list("keys").every((each) => hasTexts(each, "body", "hash"))
    && (receipt === null || hasTexts(receipt, "code", "seq", "hash"))
    && (receipt === null || !receipt.has("head") || hasTexts(receipt, "head", "head_seq"));
  if (!isSound) refuse(NO_BUNDLE);
  const [keys, timestamps, rows, shared] = ["keys", "timestamps", "rows", "shared"].map(list);
  return { projects, contents, checkpoints, receipt, keys, timestamps, rows, shared };
};

const noteReceipt = (told, codes, seen, report, whole) => {
  const source = say("the receipt of event {0} of project {1}", told.get("seq"), told.get("code"));
  if (!codes.has(told.get("code"))) {
    report.add(whole ? TRUNCATED : UNVERIFIABLE, source, say("its project is not here"));
    return;
  }
  const project = codes.get(told.get("code"));
  seen.note(project, figure(told.get("seq")), told.get("hash"), source);
  if (told.has("head")) seen.note(project, figure(told.get("head_seq")), told.get("head"), source);
};

/* Return the bytes and the hash of an event; unreadable bytes are empty. */
const readEvent = (event) => {
  try {
    return [base64(asText(event.get("body"))), asText(event.get("hash"))];
  } catch {
    return [new Uint8Array(), ""];
  }
};

const verifyBundle = async (bundle, receipts, keys, records) => {
  const report = new Report(), seen = new Seen(report);
  if (!(bundle instanceof Map) || !bundle.has("format") || !bundle.has("version")) refuse(NO_BUNDLE);
  if (bundle.get("format") !== "ouvrage.ledger" || !["1", "2", "3"].includes(bundle.get("version"))) {
    report.add(UNVERIFIABLE, "", say("it is no bundle in a format that is known here"));
    return report;
  }
  const { projects, contents: given, checkpoints: signed, receipt, keys: givenKeys, timestamps, rows: givenRows, shared } = ensureShape(bundle);
  const whole = bundle.get("whole") === "yes", contentsOf = bundle.get("contents_of"), allGiven = contentsOf === "all";
  const checkpoints = new Checkpoints(report, seen, keys, whole);
  for (const told of signed) await checkpoints.add(readSigned(told));
  await checkpoints.finish();
  countTimestamps(report, timestamps);
  const codes = new Map(projects.map((project) => [project.get("code"), project.get("project")]));
  for (const told of [...receipts, ...(receipt ? [receipt] : [])]) noteReceipt(told, codes, seen, report, whole);
  const entries = await readKeys(givenKeys, seen, report), chains = [];
  const contents = new Contents(report, given), rows = new Rows(report, givenRows);
  const terms = await contents.terms(), unheard = contents.unheard();
  const withRows = bundle.get("version") !== "1" && contentsOf !== "one decision", sharedRanges = [];
  for (const project of projects) {
    const chain = new Chain(project.get("project"), project.get("code"), report, seen, terms, unheard);
    for (const event of project.get("events")) {
      const content = await chain.add(...readEvent(event));
      if (content) contents.meet(chain, content, allGiven);
    }
    chain.finish();
    chains.push(chain);
    for (const [kept, event] of chain.given) entries.set(kept, event);
    sharedRanges.push(...chain.sharedRanges);
    if (withRows) {
      const where = place(say("project {0}", chain.code), chain.code);
      await rows.judge(where, project.get("seals") ?? refuse(NO_BUNDLE), chain.ranges, false, allGiven, whole);
    }
  }
  for (const chain of chains) judgeKeys(chain, entries, whole);
  if (withRows) {
    if (!bundle.has("shared")) refuse(NO_BUNDLE);
    await rows.judge(place(say("rows that projects share")), shared, sharedRanges, true, whole && allGiven, whole);
  }
  rows.finish();
  seen.absent(new Set(projects.map((project) => project.get("project"))), whole);
  await contents.finish();
  for (const [language, pdf] of [...records].sort(([a], [b]) => byCodePoint(a, b))) await contents.judgeRecord(language, pdf);
  report.finish();
  report.read = { contents, given };
  return report;
};

/* — Files. — */

let crcTable;
const crc32 = (bytes) => {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n;
  });
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff];
  return (crc ^ -1) >>> 0;
};

/* Return the bytes of one file of a zip; more than it says are never unpacked. */
const unpack = async (packed, method, size, check) => {
  let content = packed;
  if (method) {
    const parts = [];
    let room = size;
    try {
      for await (const part of new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"))) {
        room -= part.length;
        if (room < 0) break;
        parts.push(part);
      }
    } catch {
      refuse("a file of the zip is damaged");
    }
    if (room) refuse("a file of the zip has another size than it says");
    content = join(...parts);
  }
  if (content.length !== size || crc32(content) !== check) refuse("a file of the zip is damaged");
  return content;
};

/* Return the files of a zip as Ouvrage writes it, and of no other: one after the other, without anything between. */
const unzip = async (bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), end = bytes.length - 22;
  const [short, long] = [(at) => view.getUint16(at, true), (at) => view.getUint32(at, true)];
  if (end < 0 || long(end) !== 0x06054b50) refuse(NO_ZIP);
  const [disk, first, here, count, comment] = [end + 4, end + 6, end + 8, end + 10, end + 20].map(short);
  const [length, start] = [end + 12, end + 16].map(long);
  if (disk || first || comment || here !== count || start + length !== end || !count || count > MOST_ENTRIES) refuse(NO_ZIP);
  const found = new Map();
  let at = start, position = 0, room = LARGEST;
  for (let n = 0; n < count; n += 1) {
    if (at + 46 > end || position + 30 > start) refuse(NO_ZIP);
    const [flags, method] = [at + 8, at + 10].map(short), [check, packed, size] = [at + 16, at + 20, at + 24].map(long);
    const nameLength = short(at + 28), begin = position + 30 + nameLength;
    if (long(at) !== 0x02014b50 || long(position) !== 0x04034b50 || short(position + 28)) refuse(NO_ZIP);
    if (short(at + 30) || short(at + 32) || short(at + 34)) refuse(NO_ZIP);
    /* What the two headers of a file say in common: version needed to length of the name. */
    for (let other = 0; other < 24; other += 1) if (bytes[at + 6 + other] !== bytes[position + 4 + other]) refuse(NO_ZIP);
    const [name, again] = [at + 46, position + 30].map((from) => String.fromCharCode(...bytes.subarray(from, from + nameLength)));
    if (long(at + 42) !== position || name !== again || begin + packed > start) refuse(NO_ZIP);
    if (flags || (method && method !== 8) || !/^[A-Za-z][A-Za-z0-9_.-]{0,60}$/.test(name) || found.has(name)) refuse(NO_ZIP);
    if (size > room) refuse("it holds more than {0} MB", LARGEST >> 20);
    room -= size;
    found.set(name, await unpack(bytes.subarray(begin, begin + packed), method, size, check));
    [at, position] = [at + 46 + nameLength, begin + packed];
  }
  if (at !== end || position !== start) refuse(NO_ZIP);
  return found;
};

const readText = (bytes) => {
  try {
    return decode(bytes);
  } catch {
    return refuse("it is not written in UTF-8");
  }
};
const openProof = async (bytes) => {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return [parse(readText(bytes), true), new Map()];
  const found = await unzip(bytes), records = new Map();
  if (!found.has("proof.json")) refuse("the zip holds no proof.json");
  for (const [name, content] of found) {
    const match = /^record-([a-z]{2})\.pdf$/.exec(name);
    if (match) records.set(match[1], content);
  }
  return [parse(readText(found.get("proof.json")), true), records];
};

/* Return the receipts and the public keys in a text: lines `CODE #17 hash` of a mail, and other 64 digits. */
const readKept = (text) => {
  const lines = /([A-Z0-9-]+) #([0-9]+) ([0-9a-f]{64})\b/g;
  const receipts = [...text.matchAll(lines)].map(([, code, seq, hash]) => new Map([["code", code], ["seq", seq], ["hash", hash]]));
  return [receipts, new Set(text.replace(lines, " ").match(/\b[0-9a-f]{64}\b/g) ?? [])];
};

/* Verify the bytes of a file with what the reader kept; whatever goes wrong is "cannot verify". */
export const verifyFile = async (bytes, kept = "") => {
  try {
    if (!globalThis.crypto?.subtle) refuse("this browser computes fingerprints (WebCrypto) only for an address that begins with https");
    if (bytes.length > LARGEST) refuse("it holds more than {0} MB", LARGEST >> 20);
    const [receipts, keys] = readKept(kept), [bundle, records] = await openProof(bytes);
    const report = await verifyBundle(bundle, receipts, keys, records);
    return Object.assign(report, { receipts: receipts.length, keys: keys.size });
  } catch (error) {
    const report = new Report(), reason = error instanceof Unreadable ? error.phrase : say(NO_BUNDLE);
    report.add(UNVERIFIABLE, "", say("this file cannot be read as a proof: {0}", reason));
    return report;
  }
};

/* — The page. — */

const words = JSON.parse(document.getElementById("result")?.dataset.words ?? "{}");
const written = (phrase) => reveal(spell(phrase, words));
/* What nobody sees, or what turns a line, as the record spells it out; joiners of emoji stay. */
const HIDDEN = /(?![\t\n\r\u200C\u200D\uFE0E\uFE0F])[\p{C}\p{Zl}\p{Zp}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFE00-\uFE0F\uFFA0]/gu;
const reveal = (text) => text.replace(HIDDEN, (sign) => `[U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}]`);
const element = (name, text = "", ...children) => {
  const made = document.createElement(name);
  made.append(...(text ? [typeof text === "string" ? reveal(text) : written(text)] : []), ...children);
  return made;
};
const HEADS = {
  [INTACT]: ["ok", say("Intact"), say("What this file holds is as it was recorded. Read below what that proves and what it does not.")],
  [ALTERED]: ["error", say("Altered"), say("Something in this file is not as it was recorded. Do not rely on it.")],
  [TRUNCATED]: ["error", say("Truncated"), say("Entries that somebody has seen are missing. Do not rely on this file.")],
  [UNVERIFIABLE]: ["warn", say("Cannot verify"), say("Nothing was proved, and nothing disproved.")],
};
/* Return what the sealed contents say of each decision of the file. */
const decided = (report) => {
  if (!report.read) return [];
  const { contents } = report.read;
  return contents.of(DECISION).filter((record) => contents.last.has(keyOf(DECISION, record.get("id")))).map((record) => {
    const event = contents.last.get(keyOf(DECISION, record.get("id")))[1], told = event.get("facts").get("revision");
    const revision = contents.of(REVISION).find((each) => sealed(contents, each) === told);
    return { event, content: record.get("content"), title: revision ? textIn(revision.get("content"), "title") : "" };
  });
};
/* Return the events of the opinions of the file that a passkey signed. */
const advised = (report) => {
  if (!report.read) return [];
  const { contents } = report.read, met = contents.of(OPINION).map((record) => contents.last.get(keyOf(OPINION, record.get("id"))));
  return met.filter(Boolean).map(([, event]) => event).filter((event) => event.get("facts").has("challenge"));
};
const sealed = (contents, record) => {
  const event = contents.last.get(keyOf(record.get("subject"), record.get("id")))?.[1];
  return event ? sealIn(event) : null;
};

const listProved = (report) => {
  const proved = report.chains.map(([, code, seq]) => say(
    "Project {0}: none of its {1} entries is altered, missing, added or out of order. Each carries the fingerprint of the one before.", code, seq));
  if (report.contents) proved.push(say("{0} sealed texts are those that were sealed then.", report.contents));
  for (const { event, content, title } of decided(report)) {
    const outcome = say(textIn(content, "outcome") || event.get("detail"));
    proved.push(say("The decision “{0}”: {1}, on {2}, entry {3}, by the holder of the mandate or delegation at that time.",
      title, outcome, shown(event.get("at")), event.get("seq")));
    const facts = event.get("facts"), since = facts.get("since") || event.get("at");
    if (facts.has("challenge")) {
      proved.push(say("The decision “{0}” is signed with the passkey that its signatory had since {1}.", title, shown(since)));
    }
  }
  for (const event of advised(report)) {
    proved.push(say("The opinion of the {0} of {1} is signed with the passkey that its author had since {2}.",
      event.get("role"), shown(event.get("at")), shown(event.get("facts").get("since") || event.get("at"))));
  }
  proved.push(...report.records.map((name) => say("{0} is the record that was stored.", name)));
  if (report.signatures) proved.push(say("{0} signatures of passkeys are valid, and their person was verified.", report.signatures));
  proved.push(...report.notes.filter(({ template }) => [SIGNED_AT, SIGNED_BY_GIVEN].includes(template)));
  if (report.checkpoints) proved.push(say("{0} checkpoints are signed, and saw the same entries.", report.checkpoints));
  if (report.receipts) proved.push(say("{0} lines that you kept are those of the entries.", report.receipts));
  if (report.keys) proved.push(say("The key that you gave has signed a checkpoint."));
  return proved;
};
const listUnproved = (report) => {
  const left = [...report.open.values()].map(({ phrase }) => phrase);
  if (!decided(report).length) left.push(say("There is no decision in this file."));
  if (!report.checkpoints) left.push(say("No checkpoint is in the file."));
  if (!report.receipts && !report.keys) {
    left.push(say("An operator of the database could rewrite all entries. Enter a line of an email that you kept, or the public key that the notary published."));
  }
  if (report.checkpoints && !report.keys) left.push(say("Whose key signed the checkpoints."));
  if (report.signatures) left.push(say("Who is behind the account that each passkey was given to: Ouvrage says it."));
  left.push(report.timestamps
    ? say("When it was recorded, but by the clock of the server: {0} time stamps are present, and this page does not check their authority. The program does, with a certificate that you trust (--authority).", report.timestamps)
    : say("When it was recorded, but by the clock of the server: no time stamp is in the file."));
  left.push(
    say("That the person acted themselves, and that what is written is true."),
    say("What happened after the last entry."),
  );
  return left;
};

const listed = (title, phrases) => {
  const section = element("section"), list = element("ul");
  section.className = "stack";
  section.dataset.gap = "s";
  list.className = "lines";
  list.append(...phrases.map((phrase) => element("li", phrase)));
  section.append(element("h3", title), list);
  return section;
};
const show = (report) => {
  const [kind, title, lede] = HEADS[report.result], result = document.getElementById("result");
  const notice = element("div");
  notice.className = "notice";
  notice.dataset.kind = kind;
  const isPartly = report.result === INTACT && report.open.size;
  notice.append(element("div", "", element("h2", isPartly ? say("Intact, but for what the entries do not show") : title), element("p", lede)));
  const parts = [notice];
  const told = ({ place: where, what }) => (where.words ? say("{0}: {1}", where.words, what) : what);
  const first = [...report.firstBad.values()].map(told), faults = report.faults.map(told);
  if (first.length) parts.push(listed(say("First bad entry"), first));
  if (faults.length) {
    const more = faults.length > MOST_SHOWN ? [say("{0} more", faults.length - MOST_SHOWN)] : [];
    parts.push(listed(report.result === UNVERIFIABLE ? say("Why") : say("What is wrong"), [...faults.slice(0, MOST_SHOWN), ...more]));
  }
  if (report.result === INTACT) {
    parts.push(listed(say("Proved"), listProved(report)), listed(say("Not proved"), listUnproved(report)));
    if (report.erased.length) parts.push(listed(say("Erased, as an entry says"), report.erased));
  }
  result.replaceChildren(...parts);
  result.dataset.verdict = VERDICTS[report.result];
};

const form = document.getElementById("verify");
if (form) {
  form.classList.remove("unready");
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const [file] = form.elements.proof.files, result = document.getElementById("result"), button = form.querySelector("button");
    if (!form.reportValidity()) return;
    result.replaceChildren(element("p", say("Verifying…")));
    button.disabled = true;
    const bytes = file.size > LARGEST ? { length: file.size } : new Uint8Array(await file.arrayBuffer().catch(() => new ArrayBuffer()));
    show(await verifyFile(bytes, form.elements.kept.value));
    button.disabled = false;
  });
}
