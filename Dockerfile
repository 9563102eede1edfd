# syntax=docker/dockerfile:1
# One image for every role: the command says which stage runs in it.

# The environment is made in a stage of its own, so that pip, its cache and the sources of wheels stay out of the image.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/facetrail
ENV PATH=/opt/facetrail/bin:$PATH
WORKDIR /src
# The locks come first: as long as they stay, so does this layer, which is the large one.
COPY requirements-build.lock requirements.lock ./
RUN pip install --require-hashes --only-binary :all: --requirement requirements-build.lock \
    && pip install --require-hashes --no-build-isolation --use-pep517 --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY weights weights
COPY pipeline pipeline
COPY workers workers
COPY dashboards dashboards
RUN pip install --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Facetrail" \
      org.opencontainers.image.licenses="Apache-2.0"
# /data belongs to the user before a volume is mounted there, and a fresh volume takes that over.
RUN useradd --system --uid 10001 --create-home facetrail \
    && install --directory --owner=facetrail --mode=0700 /data
COPY --from=build /opt/facetrail /opt/facetrail
ENV PATH=/opt/facetrail/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TF_CPP_MIN_LOG_LEVEL=2 \
    FACETRAIL_DATA=/data
# By number, so that an orchestrator can see that it is not root.
USER 10001
WORKDIR /data
VOLUME /data
ENTRYPOINT ["facetrail"]
CMD ["--help"]
