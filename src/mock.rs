//! A mock inside a Rust test: a server on a free port with a runtime of its own, so that it serves plain and async tests alike,
//! or, where no socket is needed, its answers alone. Knows how to start; what is answered is the business of the rooms above.

mod session;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::contract::{Mood, Notations};
use crate::control::{Front, Guard, Reloaded};
use crate::exchange::{Breach, Cors, Doors, Provider, SessionBy, Settings, Validation, World};
use crate::load::{self, Trail};
use crate::message::{Answer, Request};
use crate::server::{self, BindError, Limits};
use crate::source::Finding;

pub use session::Session;

/// What to start, said step by step; it is checked when it is started.
///
/// ```
/// use counterpart::mock::Mock;
/// use std::io::{Read, Write};
///
/// let zendesk = Mock::of("zendesk").seed(7).clock("2026-01-01T00:00:00Z").start().unwrap();
/// let mut wire = std::net::TcpStream::connect(zendesk.address()).unwrap();
/// wire.write_all(b"GET /api/v2/organizations/1873 HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").unwrap();
/// let mut reply = String::new();
/// wire.read_to_string(&mut reply).unwrap();
/// assert!(reply.starts_with("HTTP/1.1 401 Unauthorized"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Mock {
    files: load::Request,
    clock: Option<String>,
    settings: Settings,
    guard: Guard,
}

impl Mock {
    /// A mock of a bundled pack, a pack folder, or a document.
    pub fn of(what: impl Into<String>) -> Mock {
        Mock::default().and(what)
    }

    /// One more pack or document beside the first.
    #[must_use]
    pub fn and(mut self, what: impl Into<String>) -> Mock {
        self.files.what.push(what.into());
        self
    }

    /// Keeps state for documents without a pack, as far as they show collections; they start empty, or with the records that
    /// the document's examples show.
    ///
    /// ```
    /// use counterpart::load::State;
    /// use counterpart::message::Request;
    /// use counterpart::mock::Mock;
    /// let library = Mock::of("tests/documents/library/openapi.yaml").stateful(State::Empty).load().unwrap();
    /// let answer = library.answer(&Request::new(http::Method::GET, "/api/books"));
    /// assert_eq!(answer.reply.body, r#"{"books":[],"total":0,"next":null}"#);
    /// ```
    #[must_use]
    pub fn stateful(mut self, state: load::State) -> Mock {
        self.files.state = state;
        self
    }

    /// A folder of fixture files, or one such file, in place of the pack's own.
    #[must_use]
    pub fn fixtures(mut self, path: impl Into<PathBuf>) -> Mock {
        self.files.fixtures = Some(path.into());
        self
    }

    /// A scenario file, or the name of a bundled scenario.
    #[must_use]
    pub fn scenario(mut self, name: impl Into<String>) -> Mock {
        self.files.scenarios.push(name.into());
        self
    }

    /// The text of a scenario.
    ///
    /// ```
    /// use counterpart::message::Request;
    /// use counterpart::mock::Mock;
    /// let text = "name: down\nrules:\n  - { on: '*', times: 1, do: { refuse: unavailable } }\n";
    /// let zendesk = Mock::of("zendesk").scenario_text(text).load().unwrap();
    /// let answer = zendesk.answer(&Request::new(http::Method::GET, "/api/v2/organizations"));
    /// assert_eq!(answer.reply.status, 503);
    /// ```
    #[must_use]
    pub fn scenario_text(mut self, text: impl Into<String>) -> Mock {
        self.files.inline.push(text.into());
        self
    }

    /// A switch of the pack, such as `jobs=immediate`.
    #[must_use]
    pub fn option(mut self, choice: impl Into<String>) -> Mock {
        self.files.options.push(choice.into());
        self
    }

    /// The seed of all chance.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Mock {
        self.files.seed = seed;
        self
    }

    /// Stands the clock still at a time such as `2026-01-01T00:00:00Z`; a test moves it on.
    #[must_use]
    pub fn clock(mut self, time: impl Into<String>) -> Mock {
        self.clock = Some(time.into());
        self
    }

    /// What becomes of requests that depart from the document.
    #[must_use]
    pub fn validate(mut self, validation: Validation) -> Mock {
        self.settings.validation = validation;
        self
    }

    /// What becomes of replies that break the document by an example of its own.
    #[must_use]
    pub fn breach(mut self, breach: Breach) -> Mock {
        self.settings.breach = breach;
        self
    }

    /// Makes replies without records anew for each request.
    #[must_use]
    pub fn dynamic(mut self) -> Mock {
        self.settings.mood = Mood::Lively;
        self
    }

    /// Lets everyone in.
    #[must_use]
    pub fn open(mut self) -> Mock {
        self.settings.doors = Doors::Open;
        self
    }

    /// Gives each credential a session of its own, where a request names none.
    #[must_use]
    pub fn session_by_caller(mut self) -> Mock {
        self.settings.session_by = SessionBy::Caller;
        self
    }

    /// The most sessions beside the default one.
    #[must_use]
    pub fn max_sessions(mut self, most: usize) -> Mock {
        self.settings.bounds.most = most;
        self
    }

    /// Whom the control API is for.
    ///
    /// ```
    /// use counterpart::control::Guard;
    /// use counterpart::message::Request;
    /// use counterpart::mock::Mock;
    /// let zendesk = Mock::of("zendesk").guard(Guard::Shut).load().unwrap();
    /// let status = |path: &str| zendesk.answer(&Request::new(http::Method::GET, path)).reply.status.as_u16();
    /// assert_eq!((status("/__counterpart/health"), status("/__counterpart/sessions")), (200, 403));
    /// ```
    #[must_use]
    pub fn guard(mut self, guard: Guard) -> Mock {
        self.guard = guard;
        self
    }

    /// Whether pages of other origins may call.
    #[must_use]
    pub fn cors(mut self, cors: Cors) -> Mock {
        self.settings.cors = cors;
        self
    }

    /// How clients write lists and objects in queries and forms.
    #[must_use]
    pub fn notations(mut self, notations: Notations) -> Mock {
        self.settings.notations = notations;
        self
    }

    /// Reads the files and stops short of a socket.
    ///
    /// # Errors
    /// All that is wrong with the files, or a time that is none.
    pub fn load(&self) -> Result<Local, MockError> {
        let clock = match &self.clock {
            None => Clock::running(),
            Some(time) => Clock::frozen(time.parse::<Timestamp>().map_err(|_| MockError::Time(time.clone()))?),
        };
        let loaded = load::load(&self.files, &clock).map_err(MockError::Files)?;
        let (providers, warnings) = (loaded.providers.into(), loaded.warnings);
        let (files, settings, guard) = (self.files.clone(), self.settings, self.guard.clone());
        Ok(Start { files, providers, warnings, clock, settings, guard }.local())
    }

    /// Starts a server on a free port of 127.0.0.1. It is stopped when the result is dropped.
    ///
    /// # Errors
    /// As for [`Mock::load`], and where no port or thread is to be had.
    pub fn start(&self) -> Result<Running, MockError> {
        self.load()?.start()
    }
}

/// What a world is made from, as often as one is wanted.
#[derive(Debug)]
struct Start {
    files: load::Request,
    providers: Arc<[Provider]>,
    warnings: Vec<Finding>,
    clock: Clock,
    settings: Settings,
    guard: Guard,
}

impl Start {
    fn fork(&self) -> Start {
        Start {
            files: self.files.clone(),
            providers: Arc::clone(&self.providers),
            warnings: self.warnings.clone(),
            clock: self.clock.fork(),
            settings: self.settings,
            guard: self.guard.clone(),
        }
    }

    fn local(self) -> Local {
        let world = World::new(Arc::clone(&self.providers), self.clock.fork(), self.files.seed, self.settings);
        // Nobody watches a mock's files, so what was looked at need not be known.
        let front =
            Front::new(world, self.guard.clone()).read_from(self.files.clone(), Trail::default(), &self.warnings);
        Local { front: Arc::new(front), start: self }
    }
}

/// A mock without a socket.
///
/// ```
/// use counterpart::message::Request;
/// use counterpart::mock::Mock;
/// let zendesk = Mock::of("zendesk").open().load().unwrap();
/// let answer = zendesk.answer(&Request::new(http::Method::DELETE, "/api/v2/organizations/1873"));
/// assert_eq!(answer.reply.status, 204);
/// let fresh = zendesk.fresh();
/// let answer = fresh.answer(&Request::new(http::Method::GET, "/api/v2/organizations/1873"));
/// assert_eq!(answer.reply.status, 200);
/// ```
#[derive(Debug)]
pub struct Local {
    front: Arc<Front>,
    start: Start,
}

impl Local {
    /// Answers a request. A delay is named and not waited for.
    pub fn answer(&self, request: &Request) -> Answer {
        self.front.answer(request, None)
    }

    /// The clock of the default session.
    pub fn clock(&self) -> &Clock {
        &self.front.session().clock
    }

    /// A session by its name; made, if it is not there.
    ///
    /// # Errors
    /// The name is none for a session, or there are too many.
    pub fn session(&self, name: &str) -> Result<Session, MockError> {
        Session::enter(&self.front, name, "http://localhost".to_owned())
    }

    /// Reads the files again and goes on with what they say now; sessions stay, as far as they can. Says what they could not take along.
    ///
    /// # Errors
    /// All that is wrong with the files. All is then as it was.
    pub fn reload(&self) -> Result<Reloaded, MockError> {
        self.front.reload().map_err(MockError::Files)
    }

    /// Another one at its start: the files are not read again.
    #[must_use]
    pub fn fresh(&self) -> Local {
        self.start.fork().local()
    }

    /// Another one at its start with a scenario more: a file, or the name of a bundled one. The other files are not read again.
    ///
    /// ```
    /// use counterpart::mock::Mock;
    /// let zendesk = Mock::of("zendesk").load().unwrap();
    /// let flaky = zendesk.with_scenario("flaky-writes").unwrap();
    /// assert!(zendesk.with_scenario("flakey-writes").is_err());
    /// ```
    ///
    /// # Errors
    /// All that is wrong with the scenario.
    pub fn with_scenario(&self, name: &str) -> Result<Local, MockError> {
        self.with(&[name.to_owned()], &[])
    }

    /// Another one at its start with a scenario more, given as text.
    ///
    /// # Errors
    /// All that is wrong with the scenario.
    pub fn with_scenario_text(&self, text: &str) -> Result<Local, MockError> {
        self.with(&[], &[text.to_owned()])
    }

    fn with(&self, scenarios: &[String], inline: &[String]) -> Result<Local, MockError> {
        let providers = load::with_scenarios(&self.start.providers, scenarios, inline).map_err(MockError::Files)?;
        let mut start = Start { providers: providers.into(), ..self.start.fork() };
        start.files.scenarios.extend_from_slice(scenarios);
        start.files.inline.extend_from_slice(inline);
        Ok(start.local())
    }

    /// Opens a socket for it.
    ///
    /// # Errors
    /// Where no port or thread is to be had.
    pub fn start(self) -> Result<Running, MockError> {
        let (stop, stopped) = oneshot::channel();
        let (ready, address) = mpsc::channel();
        let front = Arc::clone(&self.front);
        let thread = thread::Builder::new()
            .name("counterpart".into())
            .spawn(move || serve(front, &ready, stopped))
            .map_err(MockError::Thread)?;
        // The thread says one thing before it serves; where it says nothing, it is gone.
        let address = address.recv().unwrap_or_else(|gone| Err(MockError::Thread(std::io::Error::other(gone))))?;
        Ok(Running { front: self.front, address, stop: Some(stop), thread: Some(thread) })
    }
}

/// A server that is stopped when this is dropped.
///
/// ```
/// use counterpart::mock::Mock;
/// use std::time::Duration;
/// let zendesk = Mock::of("zendesk").option("jobs=clock").clock("2026-01-01T00:00:00Z").start().unwrap();
/// assert!(zendesk.url().starts_with("http://127.0.0.1:"));
/// zendesk.clock().advance(Duration::from_secs(2));
/// assert_eq!(zendesk.clock().now().to_string(), "2026-01-01T00:00:02Z");
/// ```
#[derive(Debug)]
pub struct Running {
    front: Arc<Front>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it is reached: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The clock of the default session.
    pub fn clock(&self) -> &Clock {
        &self.front.session().clock
    }

    /// Reads the files again, as [`Local::reload`] does.
    ///
    /// ```
    /// let zendesk = counterpart::mock::Mock::of("zendesk").start().unwrap();
    /// assert!(zendesk.reload().unwrap().notes.is_empty());
    /// ```
    ///
    /// # Errors
    /// All that is wrong with the files. All is then as it was.
    pub fn reload(&self) -> Result<Reloaded, MockError> {
        self.front.reload().map_err(MockError::Files)
    }

    /// A session by its name; made, if it is not there.
    ///
    /// ```
    /// let zendesk = counterpart::mock::Mock::of("zendesk").start().unwrap();
    /// let session = zendesk.session("worker-1").unwrap();
    /// assert_eq!(session.url(), format!("{}/__counterpart/s/worker-1", zendesk.url()));
    /// assert!(zendesk.session("no/name").is_err());
    /// ```
    ///
    /// # Errors
    /// The name is none for a session, or there are too many.
    pub fn session(&self, name: &str) -> Result<Session, MockError> {
        Session::enter(&self.front, name, self.url())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Once its sender is gone the server stops; the port is free when the thread has ended.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so on stderr.
            let _ = thread.join();
        }
    }
}

/// Serves until the other end of `stopped` is gone. What is in flight then gets a moment.
fn serve(front: Arc<Front>, ready: &mpsc::Sender<Result<SocketAddr, MockError>>, stopped: oneshot::Receiver<()>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell(ready, Err(MockError::Thread(error))),
    };
    runtime.block_on(async {
        let listener = match server::bind("127.0.0.1", 0).await {
            Ok(listener) => listener,
            Err(error) => return tell(ready, Err(MockError::Port(error))),
        };
        tell(ready, listener.local_addr().map_err(MockError::Thread));
        let service = move |request: Request| front.answer(&request, None);
        let limits = Limits { drain: Duration::from_millis(200), ..Limits::default() };
        server::serve(listener, Arc::new(service), limits, async {
            let _ = stopped.await;
        })
        .await;
    });
}

fn tell<T>(ready: &mpsc::Sender<T>, what: T) {
    // Nobody listens only where the test is gone already.
    let _ = ready.send(what);
}

/// Why a mock could not be started. Its debug form is its text, since that is what `unwrap` prints in a test.
pub enum MockError {
    /// What is wrong with its files.
    Files(Vec<Finding>),
    /// The clock was to stand at something that is no time.
    Time(String),
    /// There is no such session.
    Session(String),
    /// No port could be had.
    Port(BindError),
    /// Its thread or event loop could not be started.
    Thread(std::io::Error),
}

impl fmt::Display for MockError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MockError::Files(findings) => {
                let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
                write!(out, "{}", lines.join("\n"))
            }
            MockError::Time(time) => {
                write!(out, "the clock cannot stand at `{time}`; write a time as 2026-01-01T00:00:00Z")
            }
            MockError::Session(why) => out.write_str(why),
            MockError::Port(error) => write!(out, "{error}"),
            MockError::Thread(error) => write!(out, "the server's thread cannot be started: {error}"),
        }
    }
}

impl fmt::Debug for MockError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl std::error::Error for MockError {}
