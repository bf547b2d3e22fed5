//! How a server is told to stop from outside the process.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::{Limits, Service, serve};

/// Resolves on the next SIGTERM or Ctrl-C. From the first call on, neither ends the process by itself.
///
/// ```no_run
/// # async fn example(listener: tokio::net::TcpListener, service: std::sync::Arc<dyn counterpart::server::Service>) {
/// use counterpart::server::{Limits, serve, signal};
/// serve(listener, service, Limits::default(), signal()).await;
/// # }
/// ```
pub async fn signal() {
    tokio::select! {
        () = interrupt() => {}
        () = terminate() => {}
    }
}

/// Serves until SIGTERM or Ctrl-C, then drains; a second one ends everything at once.
///
/// ```no_run
/// # async fn example(service: std::sync::Arc<dyn counterpart::server::Service>) {
/// use counterpart::server::{Limits, bind, run};
/// let listener = bind("127.0.0.1", 4010).await.unwrap();
/// run(listener, service, Limits::default()).await;
/// # }
/// ```
pub async fn run(listener: TcpListener, service: Arc<dyn Service>, limits: Limits) {
    tokio::select! {
        biased;
        () = serve(listener, service, limits, signal()) => {}
        () = twice() => {}
    }
}

async fn twice() {
    signal().await;
    signal().await;
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}
