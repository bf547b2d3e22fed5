//! How a server is told to stop from outside the process.

use std::sync::Arc;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind};

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
    signals(1)
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
    let (once, twice) = (signals(1), signals(2));
    async move {
        tokio::select! {
            biased;
            sent = serve(listener, service, limits, once) => sent,
            () = twice => Sent::default(),
        }
    }
}

/// Resolves once so many have come. One that follows closely on another is heard, since nobody stops listening between them.
fn signals(count: usize) -> impl Future<Output = ()> + Send + 'static {
    let mut ear = Ear::open();
    async move {
        for _ in 0..count {
            ear.hear().await;
        }
    }
}

/// Listens for signals from its opening on.
#[cfg(unix)]
struct Ear {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
}

#[cfg(unix)]
impl Ear {
    fn open() -> Ear {
        let listen = |kind| tokio::signal::unix::signal(kind).ok();
        Ear { interrupt: listen(SignalKind::interrupt()), terminate: listen(SignalKind::terminate()) }
    }

    async fn hear(&mut self) {
        tokio::select! {
            () = next(&mut self.interrupt) => {}
            () = next(&mut self.terminate) => {}
        }
    }
}

#[cfg(unix)]
async fn next(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
struct Ear;

#[cfg(not(unix))]
impl Ear {
    fn open() -> Ear {
        Ear
    }

    async fn hear(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
