# One base for both stages. No Node stage: the build hook brings the front-end libraries.
ARG BASE=python:3.13-slim-bookworm

FROM ${BASE} AS build
RUN python -m venv /opt/retrograd
WORKDIR /source
COPY requirements-image.lock .
RUN /opt/retrograd/bin/pip install --no-cache-dir --require-hashes -r requirements-image.lock
COPY . .
RUN /opt/retrograd/bin/pip install --no-cache-dir --no-deps .

FROM ${BASE}
ENV PATH=/opt/retrograd/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    RETROGRAD_DATA=/data \
    RETROGRAD_HOST=0.0.0.0 \
    RETROGRAD_PORT=8000
COPY --from=build /opt/retrograd /opt/retrograd
RUN install -d -o 10001 -g 10001 /data
VOLUME /data
USER 10001:10001
WORKDIR /tmp
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD ["python", "-c", "import os, httpx; httpx.get(f'http://127.0.0.1:{os.environ[\"RETROGRAD_PORT\"]}/api/v1/healthz').raise_for_status()"]
CMD ["python", "-m", "app", "serve"]
