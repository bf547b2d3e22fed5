//! The few commands that the pages use, in a folder of their own. A server that is started there stays until the next one.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::curl;

const BINARY: &str = env!("CARGO_BIN_EXE_counterpart");
const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

pub(super) struct Shell {
    folder: PathBuf,
    server: Option<Server>,
    /// What `$?` says.
    code: i32,
}

struct Server {
    child: Child,
    address: String,
}

impl Shell {
    /// A folder of this name that looks like a clone of the project.
    pub(super) fn open(name: &str) -> Shell {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the test's folder can be made");
        for name in ["specs", "fixtures", "tests"] {
            std::os::unix::fs::symlink(format!("{PROJECT}/{name}"), folder.join(name)).expect("a link can be made");
        }
        Shell { folder, server: None, code: 0 }
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    pub(super) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("the file has been written before")
    }

    /// What a command prints.
    pub(super) fn run(&mut self, command: &str) -> String {
        let words = split(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["curl", words @ ..] => {
                let Some(server) = &self.server else { panic!("no server has been started before: {command}") };
                curl::run(words, &server.address)
            }
            ["counterpart", "serve", words @ ..] | ["cargo", "run", "--release", "--", "serve", words @ ..] => {
                self.serve("serve", words)
            }
            ["counterpart", "mock", words @ ..] => self.serve("mock", words),
            ["counterpart", words @ ..] => self.counterpart(words),
            ["cp", "-r", from, to] => self.copy(from, to),
            ["kill", "%1"] => self.stop(),
            ["echo", "$?"] => self.code.to_string(),
            _ => panic!("this test does not know the command: {command}"),
        }
    }

    /// Copies the files of a folder.
    fn copy(&self, from: &str, to: &str) -> String {
        for file in fs::read_dir(self.folder.join(from)).expect("there is such a folder") {
            let name = file.expect("a folder can be read").file_name().into_string().expect("names here are text");
            self.write(&format!("{to}/{name}"), &self.read(&format!("{from}/{name}")));
        }
        String::new()
    }

    fn counterpart(&mut self, words: &[&str]) -> String {
        let mut command = self.command();
        // A question goes to the server that was started before.
        command.envs(self.server.iter().map(|server| ("COUNTERPART_URL", format!("http://{}", server.address))));
        let output = command.args(words).output().expect("the binary can be run");
        self.code = output.status.code().expect("it ends by itself");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("its output is text");
        text(output.stdout) + &text(output.stderr)
    }

    /// Starts a server on a free port with its clock standing still, and gives what it says until it is ready, or until it ends.
    fn serve(&mut self, how: &str, words: &[&str]) -> String {
        self.server = None;
        let said = self.folder.join("stderr");
        let mut child = self
            .command()
            .arg(how)
            .args(words)
            .args(["--port", "0", "--clock", "2026-01-01T09:00:00Z", "--log", "off"])
            .stdout(Stdio::piped())
            .stderr(File::create(&said).expect("a file can be made"))
            .spawn()
            .expect("the binary can be run");
        let mut told = String::new();
        let stdout = BufReader::new(child.stdout.take().expect("it has a pipe"));
        for line in stdout.lines() {
            let line = line.expect("its output is text");
            told += &format!("{line}\n");
            if let Some(address) = address(&line) {
                let told = told.replace(&address, "127.0.0.1:4010").replace(port(&address), "4010");
                self.server = Some(Server { child, address });
                return told;
            }
        }
        self.code = child.wait().expect("it has ended").code().expect("it ended by itself");
        told + &fs::read_to_string(said).expect("its messages are text")
    }

    /// Tells the server to stop, and gives what it says then.
    fn stop(&mut self) -> String {
        let mut server = self.server.take().expect("a server has been started before");
        let told = Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status();
        assert!(told.expect("kill is part of every unix").success());
        self.code = server.child.wait().expect("it ends").code().expect("it ends by itself");
        self.read("stderr")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        command.current_dir(&self.folder).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("COUNTERPART_")) {
            command.env_remove(name);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the line that says that a server is ready.
fn address(line: &str) -> Option<String> {
    let ready = line.contains(" listens on ") || line.starts_with("{\"ready\":true");
    let (_, rest) = line.split_once("http://").filter(|_| ready)?;
    rest.split('"').next().map(str::to_owned)
}

fn port(address: &str) -> &str {
    address.rsplit(':').next().expect("an address has a port")
}

/// Words as a shell would make them from spaces and quotes.
fn split(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in command.chars() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

#[test]
fn quotes_hold_words_together() {
    assert_eq!(split(r#"curl -d '{"a": "b c"}' "x y"  z"#), ["curl", "-d", r#"{"a": "b c"}"#, "x y", "z"]);
}
