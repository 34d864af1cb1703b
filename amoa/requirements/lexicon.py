"""Words and patterns of the advice on wording, in French and in English.

They follow the rules on words of the INCOSE Guide to Writing Requirements (vague terms, escape clauses, open-ended
clauses, negatives, combinators, pronouns, measurable performance) and §5.2.7 of ISO/IEC/IEEE 29148:2018 (superlatives,
subjective language, comparative phrases, loopholes, incomplete references, negative statements). Words and examples
are ours. Every pattern is matched without regard to case.
"""

import re

#: Frequent words that tell the language of a text.
FREQUENT_WORDS = {
    "fr": set(
        re.findall("[a-z]+", "le la les des du de une un et est sont doit doivent pour dans avec par sur au qui")
    ),
    "en": set(re.findall("[a-z]+", "the of a an and is are shall must should for in with by on to that which")),
}
#: Vague terms and subjective language: each reader understands them differently.
AMBIGUOUS = {
    "fr": (
        r"rapide(?:s|ment)?",
        r"rapidité",
        r"vite",
        r"lente?s?",
        r"facile(?:s|ment)?",
        r"facilité",
        r"aisée?s?",
        r"aisément",
        r"simple(?:s|ment)?",
        r"convivia(?:l|le|les|ux|lité)",
        r"ergonomi(?:e|ques?)",
        r"intuiti(?:f|fs|ve|ves|vement)",
        r"agréables?",
        r"confortables?",
        r"attracti(?:f|fs|ve|ves)",
        r"lisibles?",
        r"clair(?:s|e|es|ement)?",
        r"compréhensibles?",
        r"cohérente?s?",
        r"pertinente?s?",
        r"utiles?",
        r"efficace(?:s|ment)?",
        r"efficien(?:t|te|ts|tes|ce)",
        r"performan(?:t|te|ts|tes)",
        r"(?:de bonnes? |les |des )performances?",
        r"adaptée?s?",
        r"adéquat(?:s|e|es)?",
        r"appropriée?s?",
        r"convenables?",
        r"suffisante?s?",
        r"suffisamment",
        r"corrects?",
        r"correctes?",
        r"correctement",
        r"sécurisée?s?",
        r"sûre?s?",
        r"fiables?",
        r"fiabilité",
        r"stables?",
        r"évoluti(?:f|fs|ve|ves)",
        r"maintenables?",
        r"interopérables?",
        r"divers(?:es)?",
        r"certaine?s",
        r"plusieurs",
        r"quelques",
        r"nombreu(?:x|ses)",
        r"la plupart",
        r"beaucoup",
        r"peu de",
        r"assez",
        r"trop",
        r"très",
        r"régulièrement",
        r"régulier(?:s|e|es)?",
        r"périodiquement",
        r"souvent",
        r"fréquemment",
        r"fréquent(?:s|e|es)?",
        r"parfois",
        r"rarement",
        r"toujours disponibles?",
        r"en permanence",
        r"environ",
        r"approximativement",
        r"quasi(?:ment|[- ]\w+)?",
        r"presque",
        r"à terme",
        r"modernes?",
        r"innovante?s?",
        r"robustes?",
        r"flexibles?",
        r"flexibilité",
        r"souples?",
        r"optima(?:l|le|les|ux)",
        r"idéal(?:e|es|ement)?",
        r"raisonnables?",
        r"acceptables?",
        r"satisfaisante?s?",
        r"significati(?:f|fs|ve|ves|vement)",
        r"importante?s?",
        r"limitée?s?",
        r"élevée?s?",
        r"minima(?:l|le|les|ux)",
        r"normalement",
        r"généralement",
        r"en général",
        r"habituel(?:s|le|les|lement)?",
        r"usuel(?:s|le|les|lement)?",
        r"instantanée?s?",
        r"instantanément",
        r"immédiate?s?",
        r"immédiatement",
        r"en temps (?:utile|réel|voulu)",
        r"dans les meilleurs délais",
        r"au plus (?:vite|tôt)",
        r"dès que possible",
        r"prochainement",
        r"bientôt",
        r"ultérieurement",
        r"de (?:bonne|haute) qualité",
        r"de qualité",
        r"professionnel(?:s|le|les)? et",
        r"transparente?s?",
        r"transparence",
        r"fluides?",
        r"court(?:s|e|es)? délais?",
        r"grande? (?:nombre|quantité|volume|volumes)",
        r"(?:forte|montée en) charge",
    ),
    "en": (
        r"fast",
        r"quick(?:ly)?",
        r"rapid(?:ly)?",
        r"slow(?:ly)?",
        r"prompt(?:ly)?",
        r"eas(?:y|ily|e)",
        r"simpl(?:e|y)",
        r"user[- ]friendly",
        r"intuitive(?:ly)?",
        r"ergonomic(?:ally)?",
        r"pleasant",
        r"comfortabl[ey]",
        r"convenient(?:ly)?",
        r"attractive",
        r"readable",
        r"clear(?:ly)?",
        r"understandable",
        r"consistent(?:ly)?",
        r"relevant",
        r"useful",
        r"effective(?:ly)?",
        r"efficient(?:ly)?",
        r"performant",
        r"adequate(?:ly)?",
        r"appropriate(?:ly)?",
        r"suitabl[ey]",
        r"proper(?:ly)?",
        r"correct(?:ly)?",
        r"sufficient(?:ly)?",
        r"secure(?:ly)?",
        r"safe(?:ly)?",
        r"reliabl[ey]",
        r"stable",
        r"scalable",
        r"maintainable",
        r"interoperable",
        r"various",
        r"several",
        r"some",
        r"many",
        r"(?<!at )most",
        r"few",
        r"a (?:lot|number|range|variety) of",
        r"lots of",
        r"numerous",
        r"large (?:numbers?|volumes?|amounts?|quantit(?:y|ies))",
        r"very",
        r"quite",
        r"too",
        r"regular(?:ly)?",
        r"periodically",
        r"often",
        r"frequent(?:ly)?",
        r"sometimes",
        r"rarely",
        r"occasionally",
        r"always available",
        r"at all times",
        r"approximately",
        r"roughly",
        r"nearly",
        r"almost",
        r"about \d+",
        r"around \d+",
        r"eventually",
        r"modern",
        r"innovative",
        r"robust",
        r"flexib(?:le|ly|ility)",
        r"optimal(?:ly)?",
        r"ideal(?:ly)?",
        r"reasonabl[ey]",
        r"acceptable",
        r"satisfactor(?:y|ily)",
        r"significant(?:ly)?",
        r"substantial(?:ly)?",
        r"considerabl[ey]",
        r"important",
        r"limited",
        r"minimal(?:ly)?",
        r"usual(?:ly)?",
        r"normal(?:ly)?",
        r"typical(?:ly)?",
        r"general(?:ly)?",
        r"common(?:ly)?",
        r"instant(?:ly|aneous|aneously)?",
        r"immediate(?:ly)?",
        r"in real[- ]time",
        r"real[- ]time",
        r"in (?:a timely manner|due time|good time)",
        r"timely",
        r"soon",
        r"as soon as possible",
        r"shortly",
        r"later on",
        r"seamless(?:ly)?",
        r"smooth(?:ly)?",
        r"state[- ]of[- ]the[- ]art",
        r"(?:high|good)[- ](?:quality|performance|availability|standard)",
        r"transparent(?:ly)?",
        r"responsive",
        r"nice(?:ly)?",
        r"good",
        r"heavy loads?",
    ),
}
#: Escape clauses: they leave it to the reader whether the requirement holds.
ESCAPES = {
    "fr": (
        r"si possible",
        r"si nécessaire",
        r"si besoin(?: est)?",
        r"si applicable",
        r"au besoin",
        r"en cas de besoin",
        r"selon (?:les |le )?besoins?",
        r"le cas échéant",
        r"autant que (?:possible|faire se peut)",
        r"dans la mesure du possible",
        r"dans la limite du possible",
        r"lorsque (?:cela est )?possible",
        r"quand (?:c’est|c'est|cela est) possible",
        r"éventuel(?:s|le|les|lement)?",
        r"de préférence",
        r"idéalement",
        r"sauf exception",
        r"à la demande",
        r"pourrai(?:t|ent)",
        r"peut-être",
    ),
    "en": (
        r"(?:if|where|when|whenever|wherever) (?:possible|necessary|needed|required|applicable|appropriate|practical)",
        r"as (?:appropriate|applicable|needed|required|necessary)",
        r"as (?:far|much) as (?:possible|practicable)",
        r"to the extent (?:possible|practicable|necessary)",
        r"preferably",
        r"optionally",
        r"possibly",
        r"on demand",
        r"unless otherwise",
        r"at (?:the )?discretion",
        r"might",
        r"could",
    ),
}
#: Open-ended lists and unlimited choices.
UNBOUNDED = {
    "fr": (
        r"etc\.?",
        r"\.\.\.|…",
        r"et/ou",
        r"ou autres?",
        r"et autres?",
        r"entre autres",
        r"notamment",
        r"par exemple",
        r"tel(?:s|le|les)? que",
        r"y compris",
        r"(?:sans s’y limiter|sans s'y limiter|non exhaustive?|liste ouverte)",
        r"de (?:tout|tous) types?",
        r"tou(?:t|s|te|tes) (?:les )?(?:types?|sortes?|formats?|genres?) d(?:e|es|u|[’']\w+)",
        r"n[’']importe (?:quel(?:le)?s?|où|quand)",
        r"quel(?:le)?s? que soi(?:t|ent)",
        r"et plus",
    ),
    "en": (
        r"etc\.?",
        r"\.\.\.|…",
        r"and/or",
        r"and so on",
        r"and the like",
        r"or (?:other|similar)",
        r"and others?",
        r"in particular",
        r"for (?:example|instance)",
        r"e\.g\.?",
        r"such as",
        r"including",
        r"not limited to",
        r"among others",
        r"as a minimum",
        r"(?:all|any|every) (?:kinds?|types?|sorts?|formats?|manner) of",
        r"any (?:device|browser|format|language|user|time)",
        r"and more",
    ),
}
#: Comparatives, superlatives, and verbs of improvement: compared with what, by how much?
COMPARATIVE = {
    "fr": (
        r"meilleure?s?",
        r"mieux",
        r"pires?",
        r"supérieure?s? (?:à l[’']existant|à l[’']actuel|au système actuel)",
        r"(?:plus|moins|aussi) (?:\w+(?:e|é|ée|if|ive|al|ant|ent|ible|able|eux|ile|ide|ois|air|and|ort|aut)s?"
        r"|bas(?:se)?|haut|tôt|tard|vite|souvent|court|long(?:ue)?)",
        r"davantage",
        r"(?:minimiser?|maximiser?|optimiser?|améliorer?|fluidifier|simplifier?|faciliter?|accélérer|moderniser?)",
        r"(?:minimise|maximise|optimise|améliore|fluidifie|simplifie|facilite|accélère|modernise)(?:nt)?",
        r"(?:réduire|réduit|réduisent|diminuer?|augmenter?|accroître|limiter?)",
    ),
    "en": (
        r"better",
        r"best",
        r"worse",
        r"worst",
        r"(?:faster|quicker|easier|simpler|cheaper|slower|higher|lower|larger|smaller|shorter|longer|greater|fewer)",
        r"(?:fastest|quickest|easiest|simplest|cheapest|highest|lowest|largest|smallest|shortest|longest|latest)",
        r"(?:more|less|most|least) (?!than\b)\w+(?:able|ible|al|ent|ant|ive|ful|ous|ly|ed|ing|ure)",
        r"(?:minimi[sz]|maximi[sz]|optimi[sz]|improv|enhanc|streamlin|moderni[sz]|simplif(?:y|i)|facilitat)(?:e|es|ed|ing)?",
        r"(?:reduc|increas|decreas)(?:e|es|ing)",
        r"(?:limit|lower|speed up|ease)(?:s|ing)? (?:the|its)",
    ),
}
#: A figure that says by how much; a comparison with one can be checked.
FIGURE = (
    r"\d|%|\b(?:une? (?:seconde|minute|heure|jour|clic|page|geste)|one (?:second|minute|hour|day|click|page|gesture)"
    r"|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|two|three|four|five|seven|eight|nine|ten)\b"
)
#: Text to be written later.
PLACEHOLDER = (
    r"(?<!\w)(?:TBD|TBC|TBS|TBR|TBA|TODO|FIXME|N/?A|NC|ND|à (?:définir|préciser|compléter|confirmer|déterminer|valider"
    r"|spécifier|arbitrer|voir)|(?:reste|restent) à \w+|non (?:défini|précisé)e?s?|(?<!au )plus tard"
    r"|to be (?:defined|confirmed|determined|decided|specified|agreed|completed|announced)|not yet defined"
    r"|x{2,}|n{2,})(?!\w)|\?{2,}|_{2,}|<[^<>]{1,40}>|\[[^\[\]]{0,40}\]|\?(?=\s*$)"
)
#: References to something the text does not name.
REFERENCES = {
    "fr": (
        r"(?:réglementation|règlement|législation|lois?|normes?|textes|réglementaires?|référentiels?|standards?|usages"
        r"|procédures?|règles?|consignes?)(?: \w+)? (?:en vigueur|applicables?)",
        r"(?:en vigueur|aux normes|l[’']état de l[’']art|les règles de l[’']art|bonnes pratiques|règles du métier)",
        r"(?:standards?|normes?) du (?:marché|secteur|métier)",
        r"(?:comme|même|mêmes \w+ que) (?:le système |l[’']outil |l[’']application )?"
        r"(?:actuel(?:le)?|existante?|aujourd[’']hui|avant)",
        r"(?:à |de )?l[’']existant",
        r"(?:celui-ci|celle-ci|ceux-ci|celles-ci|ce dernier|cette dernière|ces derniers|ces dernières|susmentionnée?s?"
        r"|ci-dessus|ci-dessous|ci-après)",
        r"(?:voir|cf\.?) (?:annexe|document|plus haut|le document)",
    ),
    "en": (
        r"(?:applicable|current|relevant|prevailing) (?:\w+ )?"
        r"(?:laws?|regulations?|legislation|standards?|rules?|policies|procedures?|guidelines?)",
        r"(?:laws?|regulations?|standards?|rules?|policies|procedures?) in force",
        r"(?:industry|market) (?:standards?|practices?)",
        r"(?:best|good|standard) practices?",
        r"state of the art",
        r"(?:as|like) (?:the )?(?:current|existing|present|today|before|legacy)(?: \w+)?",
        r"the (?:latter|former|aforementioned|above|below)",
        r"(?:see|cf\.?) (?:annex|appendix|document|above|below)",
    ),
}
#: Sentences that begin with a pronoun: the reader guesses for whom it stands.
PRONOUN = {
    "fr": (
        r"^\s*(?:il|elle|ils|elles|cela|ça|ceci|ce) (?!faut|faudra|convient|y a|est (?:nécessaire|souhaitable"
        r"|possible|demandé)|(?:doit|devra) être possible)\w"
    ),
    "en": (
        r"^\s*(?:it|they|this|these|that|those|he|she) "
        r"(?!(?:shall|must|should) be possible|is (?:necessary|desirable|required|possible))\w"
    ),
}
#: Patterns of an obligation.
OBLIGES = {
    "fr": r"\b(?:doit|doivent|devra|devront|devrait|devraient|est tenue? de|sont tenue?s de|il faut|il convient de)\b",
    "en": r"\b(?:shall|must|should|has to|have to|is required to|are required to)\b",
}
#: Patterns of sentences without an actor: impersonal or passive. A passive that says by whom is accepted.
IMPERSONAL = {
    "fr": (
        r"\b(?:il faut|il faudra|il convient|il y a lieu|il est (?:nécessaire|souhaitable|possible|demandé))\b"
        r"|\b(?:il (?:doit|devra|faut) (?:être possible|pouvoir)|il (?:doit|devra) y avoir)\b"
        r"|\b(?:on (?:doit|devra|peut|pourra|souhaite|veut))\b"
        r"|^\s*(?:prévoir|permettre|pouvoir|avoir|disposer|assurer|mettre|garantir|gérer|fournir|proposer|notifier"
        r"|afficher|envoyer|créer|ajouter|améliorer|optimiser|minimiser|maximiser|réduire|faciliter|rendre|intégrer"
        r"|éviter|tracer|sécuriser|archiver|exporter|importer|contrôler|vérifier|offrir|respecter|limiter|simplifier)\b"
    ),
    "en": (
        r"\b(?:it (?:shall|must|should|will) be possible|it is (?:necessary|desirable|required|possible))\b"
        r"|\b(?:there (?:shall|must|should|will|needs? to) be|one (?:shall|must|should|can))\b"
        r"|^\s*(?:provide|allow|enable|ensure|have|be able|support|make|manage|offer|notify|show|display|send|create"
        r"|add|improve|optimi[sz]e|minimi[sz]e|maximi[sz]e|reduce|avoid|log|secure|archive|export|import|check|verify"
        r"|comply|integrate|handle|guarantee|simplify|limit|keep)\b"
    ),
}
PASSIVE = {
    "fr": (
        r"\b(?:(?:doit|doivent|devra|devront|devrait|devraient|peut|peuvent|pourra|pourront) (?:pouvoir )?être|est|sont"
        r"|sera|seront|soit|soient) (?:\w+ement )?\w+(?:é|ie|is|it|rt|ue|ée|ise|ite|rte|us|us|ées|és|is|ies|its|ites"
        r"|rts|rtes|ues)\b"
    ),
    "en": (
        r"\b(?:(?:shall|must|should|can|will|may|has to|have to) be|is|are|gets?) (?:\w+ly )?"
        r"(?:(?!down)\w+(?:ed|wn|ght|nt|ade|ept|itten|iven|aken|een|ound|old|ead)|shown|put|set|cut|run|done|kept)\b"
    ),
}
BY_WHOM = {"fr": r"\b(?:par|grâce à|à l[’']aide)\b", "en": r"\bby\b(?! (?:default|\d|\w+day|the end|then))"}
#: Negative requirements: no test shows that something never happens.
NEGATIVE = {
    "fr": (
        r"\bne (?:doit|doivent|devra|devront|devrait|devraient|peut|peuvent|pourra|pourront)\b(?! (?:\w+ ){0,4}?que\b)"
        r"|\b(?:doit|doivent|devra|devront) (?:éviter|empêcher|interdire|ne (?:pas|jamais|plus))\b"
        r"|\bn(?:e |[’'])(?:s[’']|se |l[’']|l[ae]s? )?\w+ (?:jamais|pas|plus(?! de \d))\b"
    ),
    "en": (
        r"\b(?:shall|must|should|will|may|can|do|does|is|are) ?not\b|\bcannot\b|\bnever (?!an?\b)"
        r"|\b(?:shall|must|should) (?:avoid|prevent)\b|\b(?:can|mus|should|wo|does|is|are)n?[’']t\b"
    ),
}
#: Words that open a subordinate clause; what it says is no obligation.
SUBORDINATE = {
    "fr": r"\b(?:qui|dont|lorsqu[e’']|quand|si|tant qu[e’']|pendant qu[e’']|avant qu[e’']|après qu[e’']|dès qu[e’'])",
    "en": r"\b(?:who|whose|which|that|when|while|if|unless|until|before|after|once|because|where)\b",
}
#: Verbs of functions; two of them joined in one statement are two requirements.
FUNCTIONS = {
    "fr": (
        "accepter|activer|actualiser|afficher|ajouter|alerter|annuler|archiver|attribuer|calculer|chercher|choisir"
        "|classer|clôturer|collecter|comparer|compléter|compter|configurer|confirmer|consulter|contacter|contrôler"
        "|convertir|copier|corriger|créer|déclarer|déposer|désactiver|détecter|diffuser|dupliquer|échanger|éditer"
        "|enregistrer|envoyer|estimer|exporter|facturer|fermer|filtrer|fournir|fusionner|générer|gérer|historiser"
        "|identifier|importer|imprimer|indiquer|informer|journaliser|lire|lister|masquer|mettre à jour|modifier"
        "|négocier|noter|notifier|numériser|ouvrir|partager|payer|planifier|prévenir|produire|proposer|publier"
        "|rechercher|recevoir|refuser|régler|relancer|remplir|rembourser|réserver|saisir|sauvegarder|signaler|signer"
        "|stocker|suivre|supprimer|suspendre|synchroniser|télécharger|traiter|transférer|transmettre|trier|valider"
        "|vérifier|verrouiller|visualiser"
    ),
    "en": (
        "accept|activate|add|alert|allocate|archive|assign|attach|book|calculate|cancel|charge|check|choose|classify|close"
        "|collect|compare|compute|configure|confirm|contact|convert|copy|correct|create|deactivate|delete|detect"
        "|display|download|duplicate|edit|email|enter|estimate|export|filter|generate|identify|import|inform|invoice"
        "|issue|list|lock|log|manage|merge|modify|monitor|notify|open|order|pay|plan|print|produce|provide|publish|read"
        "|receive|record|refund|refuse|reject|remind|remove|report|reschedule|reserve|save|scan|schedule|search|send"
        "|share|show|sign|sort|store|submit|suspend|synchroni[sz]e|track|transfer|transmit|update|upload|validate|verify"
        "|view"
    ),
}
#: English verbs whose form with an s is a plural noun as well.
NOUNS_TOO = frozenset(
    (
        *("alert", "archive", "book", "change", "charge", "check", "copy", "download", "display", "estimate", "export"),
        *("filter", "import", "invoice", "issue", "list", "lock", "log", "order", "plan", "print", "read", "record"),
        *("refund", "report", "reserve", "scan", "schedule", "search", "share", "show", "sign", "store", "track"),
        *("transfer", "update", "view"),
    )
)
JOINS = {"fr": "et|ou|puis|ainsi que|et aussi|mais aussi", "en": "and|or|then|as well as|and also|but also"}
#: Names in capitals that need no explanation.
KNOWN_CAPITALS = {
    *("AM", "API", "CD", "CET", "CO2", "CSV", "DNS", "DOCX", "EUR", "FAQ", "GMT", "GPS", "HTML", "HTTP", "HTTPS"),
    *("ID", "IP", "ISO", "JPEG", "JSON", "KPI", "OK", "PDF", "PIN", "PM", "PNG", "QR", "REST", "SMS", "SQL"),
    *("TV", "UE", "EU", "URL", "USB", "USD", "UTC", "UTF", "VAT", "TVA", "WCAG", "RGAA", "RGPD", "GDPR", "XLSX"),
    *("XML", "ZIP", "MOA", "MOE", "PMO", "AMOA", "DEST", "UK", "US", "USA", "CNIL", "CET", "DVD", "WIFI", "AA", "AAA"),
}
#: Patterns of something measurable, comparable, or observable as yes or no.
MEASURABLE = {
    "fr": (
        r"\d|%|\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|vingt|cent|moitié)\b"
        r"|\bune? (?:seconde|minute|heure|jour|clic|page|ligne|geste)\b"
        r"|\b(?:au plus|au moins|moins de|plus de|en moins|sous|maximum|minimum)\b"
        r"|\b(?:aucune?|chaque|toute?s?|tous|jamais|toujours|seule?s?|seulement|sans|oui|non|identiques?|compl[eè]te?)\b"
        r"|\b(?:affiche|refus|accept|envo[iy]|contien|contenu|existe|apparaî|visible|présente?s?\b|enregistr|consign|trac"
        r"|imprim|signal|bloqu|interdi|avert|lue?s?\b)"
    ),
    "en": (
        r"\d|%|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|half)\b"
        r"|\b(?:one|an?) (?:second|minute|hour|day|click|page|line|gesture)\b"
        r"|\b(?:at most|at least|less than|more than|no more|within|maximum|minimum)\b"
        r"|\b(?:no|none|nobody|each|every|all|never|always|only|without|yes|identical|complete|same)\b"
        r"|\b(?:show|display|refus|reject|accept|sen[dt]|contain|exist|appear|visible|present\b|record|logg|trace|print"
        r"|report|block|forbid|warn|read aloud)"
    ),
}
#: Technical means, which a requirement leaves to the provider.
SOLUTIONS = (
    r"boutons?|menus? déroulants?|cases? à cocher|base de données|serveurs?|micro-?services?|feuilles? Excel"
    r"|buttons?|drop-?downs?|check-?box(?:es)?|databases?|servers?|spreadsheets?"
    r"|SQL|API|REST|JSON|XML|Excel|SharePoint|Oracle|PostgreSQL|Java|JavaScript|Python|React|Angular|SAP"
)
#: Names that are ordinary words in lower case.
ACRONYMS = {"REST", "SAP", "API"}
