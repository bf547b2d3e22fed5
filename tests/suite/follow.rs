//! Who follows the journal hears of the exchanges that are meant, as they happen.

use std::task::{Context, Poll, Waker};

use counterpart::message::{Request, Stream};
use counterpart::mock::{Local, Mock};
use http::header::HOST;
use http::{HeaderValue, Method};

const SHOW: &str = "/api/v2/organizations/1873";
const COUNT: &str = "/api/v2/organizations/count";

fn follow(mock: &Local, query: &str) -> Stream {
    let mut request = Request::new(Method::GET, format!("/__counterpart/sessions/default/journal/follow?{query}"));
    request.headers.insert(HOST, HeaderValue::from_static("localhost"));
    let answer = mock.answer(&request);
    let stream = answer.stream.unwrap_or_else(|| panic!("{query}: {:?}", answer.reply.body));
    assert_eq!(events(&stream), ": following\n\n");
    stream
}

/// What has happened since somebody looked.
fn events(stream: &Stream) -> String {
    match stream.0.poll_next(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(bytes)) => String::from_utf8(bytes.to_vec()).expect("events are texts"),
        Poll::Ready(None) | Poll::Pending => String::new(),
    }
}

/// The numbers of the exchanges in them.
fn numbers(stream: &Stream) -> Vec<u64> {
    let events = events(stream);
    events.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect()
}

#[test]
fn a_follower_hears_of_what_its_conditions_mean() {
    let mock = Mock::of("zendesk").open().load().expect("the bundled pack loads");
    let check = |query: &str, expected: &[u64]| (follow(&mock, query), query.to_owned(), expected.to_vec());
    let followers = [
        check("", &[1, 2, 3, 4]),
        check("operation=ShowOrganization", &[1, 3]),
        check("operation=ShowOrganization&status=4xx", &[3]),
        check("where={path.organization_id:%20%221873%22}", &[1]),
        check("path=/api/v2/*/count", &[2]),
        check("refused=true", &[3, 4]),
        check("client_fault=asked-for-no-page", &[4]),
        check("since=2999-01-01T00:00:00Z", &[]),
    ];
    for target in [SHOW, COUNT, "/api/v2/organizations/7", "/api/v2/organizations?page=101"] {
        mock.answer(&Request::new(Method::GET, target));
    }
    for (stream, query, expected) in followers {
        assert_eq!(numbers(&stream), expected, "{query}");
    }
}
