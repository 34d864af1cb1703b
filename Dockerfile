# Two stages: packages by their hashes, then the code with compiled texts and static files, run by nobody in particular.
FROM python:3.13-slim AS packages
COPY requirements/prod.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r prod.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONFAULTHANDLER=1 PYTHONDONTWRITEBYTECODE=1
# The folders are where the volumes of the notary are mounted; a new volume takes over its owner.
RUN useradd --system --uid 10001 --no-create-home ouvrage && install -d -o ouvrage -m 0700 /var/lib/ouvrage /var/lib/ouvrage-anchors
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
# Only to collect the static files: nothing here connects, and no value stays in the image.
RUN python -m config.messages \
    && SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") \
       DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost \
       python manage.py collectstatic --noinput
USER ouvrage
EXPOSE 8000
CMD ["gunicorn", "config.wsgi"]
