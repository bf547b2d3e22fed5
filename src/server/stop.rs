//! How a server is told to stop from outside the process.

use std::sync::Arc;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::SignalKind;

use super::{Limits, Sent, Service, serve};

/// Resolves on the next SIGTERM or Ctrl-C. From the first call on, neither ends the process by itself.
///
/// ```no_run
/// # async fn example(listener: tokio::net::TcpListener, service: std::sync::Arc<dyn counterpart::server::Service>) {
/// use counterpart::server::{Limits, serve, signal};
/// serve(listener, service, Limits::default(), signal()).await;
/// # }
/// ```
pub fn signal() -> impl Future<Output = ()> + Send + 'static {
    let (interrupt, terminate) = (interrupt(), terminate());
    async move {
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
    }
}

/// Serves until SIGTERM or Ctrl-C, then drains; a second one ends everything at once. Both are heeded from the call
/// on, not only once the future is polled. Says what went wrong on purpose; nothing, where it was cut short.
///
/// ```no_run
/// # async fn example(service: std::sync::Arc<dyn counterpart::server::Service>) {
/// use counterpart::server::{Limits, bind, run};
/// let listener = bind("127.0.0.1", 4010).await.unwrap();
/// run(listener, service, Limits::default()).await;
/// # }
/// ```
pub fn run(listener: TcpListener, service: Arc<dyn Service>, limits: Limits) -> impl Future<Output = Sent> + Send {
    let (once, twice) = (signal(), twice());
    async move {
        tokio::select! {
            biased;
            sent = serve(listener, service, limits, once) => sent,
            () = twice => Sent::default(),
        }
    }
}

fn twice() -> impl Future<Output = ()> + Send {
    let first = signal();
    async move {
        first.await;
        signal().await;
    }
}

#[cfg(unix)]
fn interrupt() -> impl Future<Output = ()> + Send + 'static {
    heed(SignalKind::interrupt())
}

#[cfg(unix)]
fn terminate() -> impl Future<Output = ()> + Send + 'static {
    heed(SignalKind::terminate())
}

#[cfg(unix)]
fn heed(kind: SignalKind) -> impl Future<Output = ()> + Send + 'static {
    let signals = tokio::signal::unix::signal(kind);
    async move {
        match signals {
            Ok(mut signals) => {
                signals.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}
