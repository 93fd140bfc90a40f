# What the jobs of a pipeline need: valet-rds, git and Terraform. They run as whoever has checked out the repository.
FROM rust:1.95.0-alpine3.22 AS valet-rds
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /source
COPY . .
RUN cargo install --locked --path . --root /usr/local

FROM alpine:3.22 AS terraform
ARG TERRAFORM_VERSION=1.11.4
ARG TARGETARCH=amd64
# The checksums of the archives: compare them with the signed SHA256SUMS before you change the version.
RUN case "$TERRAFORM_VERSION-$TARGETARCH" in \
      1.11.4-amd64) sum=1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc ;; \
      1.11.4-arm64) sum=a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633 ;; \
      *) echo "no checksum is known of Terraform $TERRAFORM_VERSION for $TARGETARCH" >&2; exit 1 ;; \
    esac \
    && archive="terraform_${TERRAFORM_VERSION}_linux_${TARGETARCH}.zip" \
    && wget -q -O /tmp/terraform.zip "https://releases.hashicorp.com/terraform/$TERRAFORM_VERSION/$archive" \
    && echo "$sum  /tmp/terraform.zip" >/tmp/sum \
    && sha256sum -c /tmp/sum \
    && unzip -q /tmp/terraform.zip terraform -d /usr/local/bin

FROM alpine:3.22
# What the pipelines call beside the two. Versions of the release of Alpine: it keeps no others.
# hadolint ignore=DL3018
RUN apk add --no-cache bash ca-certificates curl findutils git jq openssh-client
COPY --from=terraform /usr/local/bin/terraform /usr/local/bin/
COPY --from=valet-rds /usr/local/bin/valet-rds /usr/local/bin/
CMD ["valet-rds", "--help"]
