# The tools, from the tarball that `make dist` wrote: nothing is compiled here.
#
#   make dist
#   docker build --build-arg SHA256="$(cut -d' ' -f1 dist/gztop-0.1.0-linux-x86_64.tar.gz.sha256)" -t gztop:0.1.0 .
#   docker run --rm --network host gztop:0.1.0 -c 50 -n 1k http://127.0.0.1:8080/data.json.gz
#   docker run --rm -v "$PWD:/work" gztop:0.1.0 -n 1k --output-format json=report.json URL     (a folder that uid 65532 can write)
FROM debian:bookworm-slim AS unpacked
ARG VERSION=0.1.0
# As uname -m says it: x86_64 or aarch64.
ARG ARCH=x86_64
# Of the tarball; without it the build fails rather than taking whatever lies there.
ARG SHA256
COPY dist/gztop-${VERSION}-linux-${ARCH}.tar.gz /tmp/gztop.tar.gz
RUN printf '%s  /tmp/gztop.tar.gz\n' "${SHA256:?is needed, as in --build-arg SHA256=…}" > /tmp/gztop.sha256 \
  && sha256sum --check --strict /tmp/gztop.sha256 \
  && mkdir /opt/gztop \
  && tar --extract --gzip --file /tmp/gztop.tar.gz --strip-components=1 --no-same-owner --directory /opt/gztop

FROM debian:bookworm-slim
# What deploy/INSTALL names. Their versions are the distribution's, security updates and all.
# hadolint ignore=DL3008
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    libcurl4 libncursesw6 libisal2 zlib1g libstdc++6 ca-certificates \
  && rm -rf /var/lib/apt/lists/*
COPY --from=unpacked /opt/gztop/bin/ /usr/local/bin/
COPY --from=unpacked /opt/gztop/share/ /usr/local/share/
# The number that deploy/kubernetes runs it as, too.
USER 65532:65532
WORKDIR /work
# A tool that ends, not a service: there is no health to ask for.
HEALTHCHECK NONE
ENTRYPOINT ["gzload"]
CMD ["--help"]
