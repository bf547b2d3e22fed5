//! `counterpart serve`: from flags to a running server.

use std::convert::Infallible;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::{BoolishValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{FAILED, print};
use crate::clock::Clock;
use crate::contract::Mood;
use crate::control::{Front, Guard};
use crate::dice::Dice;
use crate::exchange::{Breach, Cors, Doors, Provider, SessionBy, Settings, Validation, World};
use crate::journal::{Exchange, Format, Level, Room};
use crate::load::{self, Loaded, State, Trail};
use crate::message::Request;
use crate::pack::Act;
use crate::pack::draft::Note;
use crate::server::{self, Limits};
use crate::session::Bounds;
use crate::source::{DURATION, duration};

mod log;
mod notation;
mod summary;
mod watch;

use notation::NotationFlags;

/// Serve packs and documents until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Serve {
    /// Bundled packs (zendesk), pack folders (specs/zendesk) or OpenAPI documents (openapi.yaml)
    #[arg(required = true, env = "COUNTERPART_SERVE", value_delimiter = ',')]
    what: Vec<String>,
    /// A pack file for a document that is given by itself
    #[arg(long, value_name = "FILE", env = "COUNTERPART_PACK")]
    pack: Option<PathBuf>,
    /// Keep state for documents without a pack, as far as they show collections; see `counterpart draft`
    #[arg(long, value_parser = BoolishValueParser::new(), env = "COUNTERPART_STATEFUL")]
    stateful: bool,
    /// With --stateful: start without the records of the document's examples
    #[arg(long, requires = "stateful", value_parser = BoolishValueParser::new(), env = "COUNTERPART_EMPTY")]
    empty: bool,
    /// A folder of fixture files, or one such file, in place of the pack's own
    #[arg(long, value_name = "PATH", env = "COUNTERPART_FIXTURES")]
    fixtures: Option<PathBuf>,
    /// A scenario file or the name of a bundled scenario; may be repeated
    #[arg(long, value_name = "FILE", env = "COUNTERPART_SCENARIO", value_delimiter = ',')]
    scenario: Vec<String>,
    /// Serve files as they are now: those that change are checked and swapped in, and sessions stay
    #[arg(long, value_parser = BoolishValueParser::new(), env = "COUNTERPART_WATCH")]
    pub(super) watch: bool,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1", env = "COUNTERPART_HOST")]
    host: String,
    /// The port to listen on; 0 for any
    #[arg(short, long, default_value_t = 4010, env = "COUNTERPART_PORT")]
    port: u16,
    /// Print one JSON line on stdout when ready, and nothing else there
    #[arg(long, value_parser = BoolishValueParser::new(), env = "COUNTERPART_READY_JSON")]
    ready_json: bool,
    /// The seed of all chance: ids, draws of scenarios, made-up values; a number or any text
    #[arg(long, value_parser = seed, allow_hyphen_values = true, default_value = "0", env = "COUNTERPART_SEED")]
    pub(super) seed: u64,
    /// Stand the clock still at a time, such as 2026-01-01T00:00:00Z
    #[arg(long, value_name = "TIME", value_parser = moment, env = "COUNTERPART_CLOCK")]
    clock: Option<Timestamp>,
    /// How each exchange is written to stdout (to stderr with --ready-json)
    #[arg(long, value_enum, default_value_t = Log::Text, env = "COUNTERPART_LOG")]
    pub(super) log: Log,
    /// How much is written of each exchange: a line, or all that explains it
    #[arg(long, value_parser = level(), default_value = "info", env = "COUNTERPART_LOG_LEVEL")]
    pub(super) log_level: Level,
    /// Whether callers need credentials
    #[arg(long, value_enum, default_value_t = Auth::On, env = "COUNTERPART_AUTH")]
    auth: Auth,
    /// Whether pages of other origins may call: auto is yes for documents without a pack
    #[arg(long, value_enum, default_value_t = Cors::Auto, env = "COUNTERPART_CORS")]
    pub(super) cors: Cors,
    /// What becomes of requests that depart from the document: what the service would do, or nothing, a note, a refusal
    #[arg(long, value_parser = words(&Validation::WORDS), default_value = "usual", env = "COUNTERPART_VALIDATE")]
    pub(super) validate: Validation,
    /// Refuse every departure from the document; short for --validate refuse
    #[arg(long, conflicts_with = "validate", value_parser = BoolishValueParser::new(), env = "COUNTERPART_STRICT")]
    strict: bool,
    /// What becomes of a reply whose example breaks the document
    #[arg(long, value_parser = words(&Breach::WORDS), default_value = "report", env = "COUNTERPART_BREACH")]
    pub(super) breach: Breach,
    /// Make replies without records anew for each request, instead of sending the document's examples
    #[arg(short, long, value_parser = BoolishValueParser::new(), env = "COUNTERPART_DYNAMIC")]
    pub(super) dynamic: bool,
    /// A switch of the pack, such as jobs=immediate; may be repeated
    #[arg(long = "option", value_name = "NAME=CHOICE", env = "COUNTERPART_OPTION", value_delimiter = ',')]
    options: Vec<String>,
    /// The rate limits of a plan, such as enterprise; short for --option plan=…
    #[arg(long, value_name = "PLAN", env = "COUNTERPART_PLAN")]
    plan: Option<String>,
    /// The provider as it once was, such as 2013; short for --option dialect=…
    #[arg(long, value_name = "YEAR", env = "COUNTERPART_DIALECT")]
    dialect: Option<String>,
    /// The release of the provider, such as 6.0; short for --option version=…
    #[arg(long, value_name = "RELEASE", env = "COUNTERPART_PROVIDER_VERSION")]
    provider_version: Option<String>,
    #[command(flatten)]
    sessions: SessionFlags,
    #[command(flatten)]
    notations: NotationFlags,
    #[command(flatten)]
    limits: LimitFlags,
}

const EXAMPLES: &str = "\
Examples:
  counterpart serve zendesk --scenario rate-limit-burst --seed 7
  counterpart serve specs/zendesk --fixtures my-fixtures --option jobs=immediate
  counterpart serve zendesk zammad --port 0 --ready-json --log json";

/// The bounds of the server.
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
struct LimitFlags {
    /// The largest request body, in bytes
    #[arg(long, default_value_t = 10 * 1024 * 1024, env = "COUNTERPART_MAX_BODY")]
    max_body: usize,
    /// The largest request head, in bytes
    #[arg(long, default_value_t = 64 * 1024, env = "COUNTERPART_MAX_HEAD")]
    max_head: usize,
    /// The most header fields of a request
    #[arg(long, default_value_t = 100, env = "COUNTERPART_MAX_HEADERS")]
    max_headers: usize,
    /// The most connections at once
    #[arg(long, default_value_t = 1024, env = "COUNTERPART_MAX_CONNECTIONS")]
    max_connections: usize,
    /// The most replies that scenarios hold back at once; further ones go out at once
    #[arg(long, default_value_t = 512, env = "COUNTERPART_MAX_HELD")]
    max_held: usize,
    /// How many bytes of past exchanges are kept, over all sessions; 0 for none
    #[arg(long, value_name = "BYTES", default_value_t = Room::default().0, env = "COUNTERPART_JOURNAL")]
    journal: usize,
    /// How many seconds what is in flight may take after SIGTERM
    #[arg(long, default_value_t = 10, env = "COUNTERPART_DRAIN")]
    drain: u64,
}

/// Sessions, and who may control them.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sessions and control")]
struct SessionFlags {
    /// What tells the sessions of requests apart that name none: nothing, or who calls
    #[arg(long, value_enum, default_value_t = By::Name, env = "COUNTERPART_SESSION_BY")]
    session_by: By,
    /// The most sessions beside the default one
    #[arg(long, default_value_t = Bounds::default().most, env = "COUNTERPART_MAX_SESSIONS")]
    max_sessions: usize,
    /// How long a session may be left alone before its place is given to another
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = time_span, env = "COUNTERPART_SESSION_IDLE")]
    session_idle: Duration,
    /// Whether the control API under /__counterpart/ answers; health and readiness always do
    #[arg(long, value_enum, default_value_t = Control::On, env = "COUNTERPART_CONTROL")]
    control: Control,
    /// A name under which the control API may be called, from other machines as well; may be repeated
    #[arg(long, value_name = "NAME", env = "COUNTERPART_CONTROL_HOST", value_delimiter = ',')]
    control_host: Vec<String>,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "must be a time such as 2026-01-01T00:00:00Z".to_owned())
}

fn time_span(text: &str) -> Result<Duration, String> {
    duration(text).ok_or_else(|| format!("must be {DURATION}"))
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Name,
    Caller,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Control {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Log {
    Text,
    Json,
    #[value(alias = "false")]
    Off,
}

/// A seed from a number, or from any text.
pub(super) fn seed(text: &str) -> Result<u64, Infallible> {
    Ok(text.parse().unwrap_or_else(|_| Dice::seed_of(text)))
}

/// The levels of the log; Steady's words for them are known as well.
fn level() -> impl TypedValueParser<Value = Level> {
    let (info, debug) =
        (PossibleValue::new("info").alias("summary"), PossibleValue::new("debug").aliases(["details", "full"]));
    let is_debug = debug.clone();
    PossibleValuesParser::new([info, debug])
        .map(move |word| if is_debug.matches(&word, false) { Level::Debug } else { Level::Info })
}

/// One of a few words, each of which stands for a value.
fn words<T: Copy + Default + Send + Sync + 'static>(
    known: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let meant = |word: String| known.iter().find(|(known, _)| *known == word);
    PossibleValuesParser::new(known.iter().map(|(word, _)| *word))
        .map(move |word| meant(word).map_or_else(T::default, |(_, value)| *value))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Auth {
    On,
    Off,
}

impl ValueEnum for Cors {
    fn value_variants<'a>() -> &'a [Cors] {
        &[Cors::Auto, Cors::On, Cors::Off]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Cors::Auto => PossibleValue::new("auto"),
            Cors::On => PossibleValue::new("on").alias("true"),
            Cors::Off => PossibleValue::new("off").alias("false"),
        })
    }
}

impl Serve {
    pub(super) fn run(self) -> ExitCode {
        let clock = self.clock.map_or_else(Clock::running, Clock::frozen);
        let request = load::Request {
            what: self.what.clone(),
            pack: self.pack.clone(),
            state: match (self.stateful, self.empty) {
                (false, _) => State::None,
                (true, false) => State::Drafted,
                (true, true) => State::Empty,
            },
            fixtures: self.fixtures.clone().filter(|folder| !folder.as_os_str().is_empty()),
            scenarios: self.scenario.iter().filter(|name| !name.is_empty()).cloned().collect(),
            options: self.switches(),
            seed: self.seed,
            ..load::Request::default()
        };
        let trail = Trail::default();
        let mut loaded = match load::load_noting(&request, &clock, &trail) {
            Ok(loaded) => loaded,
            Err(findings) => {
                print::findings(&findings);
                return ExitCode::from(FAILED);
            }
        };
        print::findings(&loaded.warnings);
        if self.watch && trail.is_bare() {
            print::err(
                "--watch: all that is served is inside the binary, and will not change; `counterpart eject` writes a pack into a folder",
            );
        }
        let (drafted, warnings) = (std::mem::take(&mut loaded.drafted), loaded.warnings.clone());
        let front = Front::new(self.world(loaded, clock), self.guard()).read_from(request, trail, &warnings);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        match runtime {
            Ok(runtime) => runtime.block_on(self.listen(front, drafted)),
            Err(error) => {
                print::err(&format!("the event loop cannot be started: {error}"));
                ExitCode::from(FAILED)
            }
        }
    }

    /// The switches of packs, those with a flag of their own among them.
    fn switches(&self) -> Vec<String> {
        let short = [("plan", &self.plan), ("dialect", &self.dialect), ("version", &self.provider_version)];
        let given = short.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        // A variable that is set to nothing is as good as unset.
        let given = given.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}"));
        self.options.iter().filter(|option| !option.is_empty()).cloned().chain(given).collect()
    }

    fn world(&self, loaded: Loaded, clock: Clock) -> World {
        World::new(loaded.providers.into(), clock, self.seed, self.settings())
    }

    fn settings(&self) -> Settings {
        let mood = if self.dynamic { Mood::Lively } else { Mood::Calm };
        let doors = if self.auth == Auth::Off { Doors::Open } else { Doors::Guarded };
        let session_by = match self.sessions.session_by {
            By::Name => SessionBy::Name,
            By::Caller => SessionBy::Caller,
        };
        let bounds = Bounds { most: self.sessions.max_sessions, idle: self.sessions.session_idle };
        let validation = if self.strict { Validation::Refuse } else { self.validate };
        let journal = Room(self.limits.journal);
        let (breach, cors) = (self.breach, self.cors);
        let notations = self.notations.notations();
        Settings { validation, breach, mood, doors, cors, notations, session_by, bounds, journal }
    }

    /// Whom the control API is for: a server that is bound to one address is known by that as well.
    fn guard(&self) -> Guard {
        if self.sessions.control == Control::Off {
            return Guard::Shut;
        }
        let names: Vec<String> = self.sessions.control_host.iter().filter(|name| !name.is_empty()).cloned().collect();
        Guard::Hosts { remote: !names.is_empty(), names: names.into_iter().chain([self.host.clone()]).collect() }
    }

    async fn listen(&self, front: Front, drafted: Vec<(usize, Vec<Note>)>) -> ExitCode {
        let listener = match server::bind(&self.host, self.port).await {
            Ok(listener) => listener,
            Err(error) => {
                print::err(&error.to_string());
                return ExitCode::from(FAILED);
            }
        };
        let port = listener.local_addr().map_or(self.port, |address| address.port());
        let front = Arc::new(front);
        let format = match self.log {
            Log::Text => Some(Format::Text),
            Log::Json => Some(Format::Json),
            Log::Off => None,
        };
        let log = format.and_then(|format| log::start(format, self.log_level, self.ready_json));
        let (log, writer) = log.unzip();
        let service = {
            let front = Arc::clone(&front);
            let note = log.map(|log| move |exchange: &Exchange| log.write(exchange));
            move |request: Request| front.answer(&request, note.as_ref().map(|note| note as &dyn Fn(&Exchange)))
        };
        let served = server::run(listener, Arc::new(service), self.limits.limits());
        // Whoever reads this may ask it to stop at once.
        self.announce(&front.world(), &drafted, port);
        let watch = self.watch.then(|| tokio::spawn(watch::watch(Arc::clone(&front))));
        let sent = served.await;
        watch.inspect(JoinHandle::abort);
        if let Some(writer) = writer {
            writer.finish();
        }
        summary::summary(&front.world(), &sent).iter().for_each(|line| print::err(line));
        ExitCode::SUCCESS
    }

    /// Says where it can be reached, as addresses that can be pasted into a terminal.
    fn announce(&self, world: &World, drafted: &[(usize, Vec<Note>)], port: u16) {
        let host = match self.host.as_str() {
            "0.0.0.0" | "::" => "localhost",
            host => host,
        };
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        let origin = format!("http://{host}:{port}");
        if self.ready_json {
            let packs: Vec<&str> = world.providers.iter().map(|provider| provider.pack.name.as_str()).collect();
            return print::out(&json!({ "ready": true, "url": origin, "port": port, "packs": packs }).to_string());
        }
        for (index, provider) in world.providers.iter().enumerate() {
            let notes = drafted.iter().find(|(of, _)| *of == index).map(|(_, notes)| notes.as_slice());
            self.announce_provider(provider, notes, &origin);
        }
        print::out(&format!("counterpart {} listens on {origin}", env!("CARGO_PKG_VERSION")));
    }

    fn announce_provider(&self, provider: &Provider, notes: Option<&[Note]>, origin: &str) {
        print::out(&format!("{}:", provider.pack.name));
        for operation in provider.contract.operations() {
            let acts = provider.binding(operation).is_some_and(|binding| !matches!(binding.act, Act::Example));
            let why = notes.and_then(|notes| notes.get(operation.index)).map(|note| note.reason.as_str());
            let does = match (acts, why) {
                (true, None) => String::new(),
                (false, None) => "   (example)".to_owned(),
                (true, Some(why)) => format!("   ({why})"),
                (false, Some(why)) => format!("   (example: {why})"),
            };
            print::out(&format!("  {:<7} {origin}{}{does}", operation.method.as_str(), provider.address(operation)));
        }
        let credentials = provider.credentials.list();
        if credentials.is_empty() {
            return;
        }
        match self.auth {
            Auth::Off => print::out("  everyone is let in (--auth off)"),
            Auth::On => credentials.iter().for_each(|credential| {
                let facts = credential.iter().filter_map(|(field, value)| match value {
                    Value::String(text) => Some(format!("{field} {text}")),
                    _ => None,
                });
                print::out(&format!("  credentials: {}", facts.collect::<Vec<_>>().join(", ")));
            }),
        }
    }
}

impl LimitFlags {
    fn limits(&self) -> Limits {
        Limits {
            body: self.max_body,
            head: self.max_head,
            headers: self.max_headers,
            connections: self.max_connections,
            held: self.max_held,
            drain: Duration::from_secs(self.drain),
            ..Limits::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{ArgAction, CommandFactory};

    use crate::cli::Line;

    #[test]
    fn switches_are_thrown_by_what_scripts_write_into_variables() {
        let line = Line::command();
        let serve = line.find_subcommand("serve").unwrap();
        let is_switch =
            |argument: &&clap::Arg| argument.get_env().is_some() && matches!(argument.get_action(), ArgAction::SetTrue);
        let switches: Vec<_> = serve.get_arguments().filter(is_switch).collect();
        assert!(switches.len() >= 6);
        for switch in switches {
            let values: Vec<_> = switch.get_value_parser().possible_values().into_iter().flatten().collect();
            for word in ["1", "0", "true", "false", "yes", "no"] {
                assert!(values.iter().any(|value| value.matches(word, true)), "{} {word}", switch.get_id());
            }
        }
    }
}
