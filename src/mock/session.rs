//! One session of a mock: a world of its own for one test among many.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use super::MockError;
use crate::clock::Clock;
use crate::control::Front;
use crate::message::{Answer, Request};
use crate::session;

/// One session of a mock, which was made or was there before.
///
/// ```
/// use counterpart::message::Request;
/// use counterpart::mock::Mock;
/// let zendesk = Mock::of("zendesk").open().load().unwrap();
/// let (one, other) = (zendesk.session("one").unwrap(), zendesk.session("other").unwrap());
/// let delete = Request::new(http::Method::DELETE, "/api/v2/organizations/1873");
/// let statuses = [one.answer(&delete), one.answer(&delete), other.answer(&delete)].map(|it| it.reply.status.as_u16());
/// assert_eq!(statuses, [204, 404, 204]);
/// one.reset();
/// assert_eq!(one.answer(&delete).reply.status, 204);
/// ```
#[derive(Debug, Clone)]
pub struct Session {
    front: Arc<Front>,
    session: Arc<session::Session>,
    origin: String,
}

impl Session {
    pub(super) fn enter(front: &Arc<Front>, name: &str, origin: String) -> Result<Session, MockError> {
        let session = front.world().sessions.enter(name);
        let session = session.map_err(|why| MockError::Session(crate::exchange::refused(name, why).2))?;
        Ok(Session { front: Arc::clone(front), session, origin })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.session.name
    }

    /// Where it is reached by clients that cannot send `x-counterpart-session`: `http://127.0.0.1:PORT/__counterpart/s/NAME`.
    pub fn url(&self) -> String {
        format!("{}/__counterpart/s/{}", self.origin, self.name())
    }

    /// Answers a request in this session. A delay is named and not waited for.
    pub fn answer(&self, request: &Request) -> Answer {
        let mut request = request.clone();
        let name = HeaderValue::from_str(self.name()).unwrap_or(HeaderValue::from_static(session::DEFAULT));
        request.headers.insert(HeaderName::from_static("x-counterpart-session"), name);
        self.front.answer(&request, None)
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.session.clock
    }

    /// Goes back to its start.
    pub fn reset(&self) {
        self.session.reset();
    }
}
