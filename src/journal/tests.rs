//! What the journal keeps, drops and says, over exchanges that are made up.

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use jiff::Timestamp;

use super::{ClientFault, Effect, Entry, Journal, Journals, Room, client_faults};
use crate::message::{Answer, Reply, Request};

/// A session of which one sees nothing but its journal.
struct Play {
    journal: Journal,
    number: u64,
    time: Timestamp,
}

impl Play {
    fn new(room: usize) -> Play {
        Play { journal: Journal::new(&Journals::new(Room(room))), number: 0, time: Timestamp::UNIX_EPOCH }
    }

    fn wait(&mut self, seconds: u64) {
        self.time += Duration::from_secs(seconds);
    }

    fn get(&mut self, target: &str, status: u16, retry_after: Option<&str>, next: Option<&str>) {
        let mut request = Request::new(Method::GET, target);
        request.headers.insert("authorization", HeaderValue::from_static("Bearer secret"));
        let mut reply = Reply::new(StatusCode::from_u16(status).unwrap());
        if let Some(text) = retry_after {
            reply.headers.insert("retry-after", text.parse().unwrap());
        }
        self.number += 1;
        let mut entry = Entry::new(self.number, "default", (self.time, Timestamp::UNIX_EPOCH));
        entry.effect = next.map(|next| Effect { next: Some(next.into()), ..Effect::default() });
        self.journal.close(entry, &request, &Answer::from(reply), None);
    }

    fn faults(&self) -> Vec<(u64, &'static str)> {
        let (exchanges, _) = self.journal.read();
        let faults = client_faults(&exchanges, (self.time, Timestamp::UNIX_EPOCH));
        faults.iter().flat_map(|(number, faults)| faults.iter().map(|fault| (*number, fault.word()))).collect()
    }
}

#[test]
fn a_retry_before_its_time_is_a_fault_and_one_after_it_is_none() {
    for (asked, waited, expected) in [("2", 1, vec![(2, "retried-too-soon")]), ("2", 2, vec![]), ("x", 0, vec![])] {
        let mut play = Play::new(1 << 20);
        play.get("/a", 429, Some(asked), None);
        play.wait(waited);
        play.get("/a", 200, None, None);
        assert_eq!(play.faults(), expected, "{asked} {waited}");
    }
}

#[test]
fn a_date_in_retry_after_is_read_by_the_clock_of_the_session() {
    let mut play = Play::new(1 << 20);
    play.get("/a", 503, Some("Thu, 01 Jan 1970 00:01:00 GMT"), None);
    play.wait(59);
    play.get("/a", 200, None, None);
    let (exchanges, _) = play.journal.read();
    let faults = client_faults(&exchanges, (play.time, play.time));
    let (first, waited, asked) = (1, Duration::from_secs(59), Duration::from_secs(60));
    assert_eq!(faults[&2], [ClientFault::RetriedTooSoon { first, waited, asked }]);
}

#[test]
fn whoever_never_comes_back_gave_up_once_there_was_time() {
    let mut play = Play::new(1 << 20);
    play.get("/a", 503, Some("10"), None);
    play.get("/b", 200, None, None);
    play.wait(10);
    assert_eq!(play.faults(), []);
    play.wait(1);
    assert_eq!(play.faults(), [(1, "gave-up")]);
}

#[test]
fn pages_are_followed_in_whatever_way_their_link_is_written() {
    let followed = ["/a.json?page=2&per_page=1", "/a?per_page=1&page=2", "/a?page=2"];
    let not_followed = ["/a?page=1", "/b?page=2"];
    for (later, expected) in
        followed.map(|it| (it, vec![])).into_iter().chain(not_followed.map(|it| (it, vec![(1, "left-pages")])))
    {
        let mut play = Play::new(1 << 20);
        play.get("/a.json?per_page=1", 200, None, Some("http://h/a.json?page=2&per_page=1"));
        play.get(later, 200, None, None);
        assert_eq!(play.faults(), expected, "{later}");
    }
}

#[test]
fn the_oldest_exchanges_go_when_there_is_no_room_left() {
    for room in [1, 8192, 100_000] {
        let mut play = Play::new(room);
        for number in 1..=2000 {
            play.get(&format!("/{number}"), 200, None, None);
        }
        let (exchanges, dropped) = play.journal.read();
        assert!(!exchanges.is_empty() && exchanges.len() + dropped as usize == 2000);
        for (exchange, number) in exchanges.iter().rev().zip((1..=2000).rev()) {
            assert_eq!((exchange.number, exchange.target()), (number, format!("/{number}").as_str()));
            assert_eq!(exchange.asked().get("authorization"), Some("Bearer ***"));
        }
        play.journal.forget_after(1999);
        assert_eq!(play.journal.read().0.len(), exchanges.len() - 1);
        assert_eq!(play.journal.clear(), exchanges.len() - 1);
        assert!(play.journal.read().0.is_empty());
    }
}

#[test]
fn journals_share_their_room() {
    let journals = Journals::new(Room(64 * 1024));
    let mut alone = Play { journal: Journal::new(&journals), ..Play::new(0) };
    let fill = |play: &mut Play| {
        (0..500).for_each(|_| play.get("/a", 200, None, None));
        play.journal.read().0.len()
    };
    let before = fill(&mut alone);
    let others: Vec<Journal> = (0..7).map(|_| Journal::new(&journals)).collect();
    let after = fill(&mut alone);
    assert!(after <= before / 7, "{before} {after}");
    drop(others);
    assert_eq!(fill(&mut alone), before);
}

#[test]
fn nothing_is_kept_where_there_is_no_room_at_all() {
    let mut play = Play::new(0);
    play.get("/a", 200, None, None);
    assert_eq!(play.journal.read().0.len(), 0);
}

#[test]
fn a_follower_hears_of_exchanges_from_then_on_and_of_those_it_missed() {
    let mut play = Play::new(0);
    play.get("/before", 200, None, None);
    let stream = play.journal.shared().follow(|exchange| exchange.status == StatusCode::OK);
    let read = || match stream.0.poll_next(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(bytes)) => String::from_utf8(bytes.to_vec()).unwrap(),
        _ => String::new(),
    };
    assert_eq!((read(), read()), (": following\n\n".to_owned(), String::new()));
    play.get("/one", 200, None, None);
    play.get("/two", 404, None, None);
    let events = read();
    assert!(
        events.starts_with("id: 2\nevent: exchange\ndata: {\"number\":2,") && events.ends_with("}\n\n"),
        "{events}"
    );
    assert!(!events.contains("/two") && !events.contains("secret"));
    for _ in 0..1030 {
        play.get("/many", 200, None, None);
    }
    assert!(read().ends_with("event: dropped\ndata: {\"count\":6}\n\n"));
}
