# One static binary on nothing at all.
#
#   docker build -t counterpart .
#   docker run -p 4010:4010 counterpart
#   docker run -p 4010:4010 -v ./my-pack:/specs/my:ro counterpart serve /specs/my

FROM rust:1.95-bookworm AS build
WORKDIR /build
ARG TARGETARCH
# The C library is linked in; with a target named, build scripts and macros are not built that way. The kernel is asked for random
# numbers directly, since a static binary would else look for them in /dev, which need not be there.
ENV RUSTFLAGS='-C target-feature=+crt-static --cfg getrandom_backend="linux_getrandom"'
RUN case "${TARGETARCH:-$(dpkg --print-architecture)}" in \
        amd64) echo x86_64-unknown-linux-gnu ;; \
        arm64) echo aarch64-unknown-linux-gnu ;; \
        *) echo "no image for this processor" >&2; exit 1 ;; \
    esac > target-name \
    && mkdir -p /empty/specs /empty/fixtures /empty/scenarios

# The dependencies first: this layer stays until Cargo.toml or Cargo.lock changes. Benchmarks are here because the manifest names them.
COPY Cargo.toml Cargo.lock ./
COPY benches benches
RUN mkdir src \
    && echo 'fn main() {}' | tee build.rs > src/main.rs \
    && touch src/lib.rs \
    && cargo build --locked --release --target "$(cat target-name)" --bin counterpart \
    && rm -r build.rs src

COPY build.rs ./
COPY src src
COPY specs specs
COPY fixtures fixtures
# The sources may be older than what was built in their place.
RUN touch build.rs src/main.rs src/lib.rs \
    && cargo build --locked --release --target "$(cat target-name)" --bin counterpart \
    && cp "target/$(cat target-name)/release/counterpart" /counterpart

FROM scratch
COPY --from=build /empty/ /
COPY --from=build /counterpart /counterpart
USER 10001:10001
# A container is reached from outside of itself: its control API as `localhost` on a published port, and by this name from other containers.
ENV COUNTERPART_HOST=0.0.0.0 COUNTERPART_PORT=4010 COUNTERPART_CONTROL_HOST=counterpart
EXPOSE 4010
VOLUME ["/specs", "/fixtures", "/scenarios"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=2s --retries=3 CMD ["/counterpart", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/counterpart"]
CMD ["serve", "zendesk"]
