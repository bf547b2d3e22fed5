//! What can go wrong with the bytes of a reply, and how many of its bytes still go out.

use std::fmt;

/// A fault on the bytes of a reply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wire {
    /// The connection is reset (RST) before a byte is sent.
    Reset,
    /// The connection is closed in order before a byte is sent.
    Close,
    /// So much of the head is sent, then the connection is closed.
    CutHead(Extent),
    /// The head says how long the body is; so much of it is sent, then the connection is closed.
    Cut(Extent),
    /// The head and so much of the body are sent, then nothing more, with the connection left open.
    Stall(Extent),
    /// The head promises so many bytes more than the body has, or fewer, then the connection is closed.
    Length(i64),
    /// Half of the body comes as a chunk (RFC 9112 section 7.1), and then one whose size is no number.
    BadChunk,
    /// Bytes that are no HTTP come in place of the reply.
    Garbage,
    /// A byte that cannot stand in UTF-8 stands in the last text of the body, which is whole otherwise.
    BadUtf8,
    /// The body lacks its end, and the head is right about what is left: no more than a JSON reader notices.
    BadJson,
}

impl Wire {
    /// Whether it is the body of a reply that goes wrong, so that there must be one.
    pub fn is_of_body(self) -> bool {
        match self {
            Wire::Reset | Wire::Close | Wire::CutHead(_) | Wire::Garbage => false,
            Wire::Cut(_) | Wire::Stall(_) | Wire::Length(_) | Wire::BadChunk | Wire::BadUtf8 | Wire::BadJson => true,
        }
    }

    /// Whether it shows in a reply whose body has so many bytes; none for a reply that can have no body.
    pub fn shows(self, body: Option<usize>) -> bool {
        let Some(whole) = body else { return !self.is_of_body() };
        match self {
            Wire::Cut(extent) | Wire::Stall(extent) => extent.of(whole) < whole,
            Wire::Length(by) => by > 0 || whole > 0,
            Wire::BadJson => whole > 0,
            Wire::Reset | Wire::Close | Wire::CutHead(_) | Wire::BadChunk | Wire::Garbage | Wire::BadUtf8 => true,
        }
    }

    /// The words for them in scenarios, in the order of [`Wire::index`].
    pub const WORDS: [&'static str; 10] =
        ["reset", "close", "cut_head", "cut", "stall", "length", "bad_chunk", "garbage", "bad_utf8", "bad_json"];

    /// The place of its word in [`Wire::WORDS`].
    pub fn index(self) -> usize {
        match self {
            Wire::Reset => 0,
            Wire::Close => 1,
            Wire::CutHead(_) => 2,
            Wire::Cut(_) => 3,
            Wire::Stall(_) => 4,
            Wire::Length(_) => 5,
            Wire::BadChunk => 6,
            Wire::Garbage => 7,
            Wire::BadUtf8 => 8,
            Wire::BadJson => 9,
        }
    }
}

/// As a scenario would say it: `reset`, `cut 0.5`, `stall 10 bytes`, `length +1`.
impl fmt::Display for Wire {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(Wire::WORDS[self.index()])?;
        match self {
            Wire::CutHead(extent) | Wire::Cut(extent) | Wire::Stall(extent) => write!(out, " {extent}"),
            Wire::Length(by) => write!(out, " {by:+}"),
            Wire::Reset | Wire::Close | Wire::BadChunk | Wire::Garbage | Wire::BadUtf8 | Wire::BadJson => Ok(()),
        }
    }
}

/// How much of something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Extent {
    /// A share, from 0 to 1.
    Share(f64),
    /// So many bytes.
    Bytes(u64),
}

impl Extent {
    /// How many bytes of so many.
    ///
    /// ```
    /// use counterpart::message::Extent;
    /// assert_eq!([Extent::Share(0.5).of(9), Extent::Bytes(7).of(9), Extent::Bytes(70).of(9)], [4, 7, 9]);
    /// ```
    pub fn of(self, whole: usize) -> usize {
        match self {
            // A share that is no number counts as none.
            Extent::Share(share) => (whole as f64 * share.clamp(0.0, 1.0)) as usize,
            Extent::Bytes(bytes) => usize::try_from(bytes).map_or(whole, |bytes| bytes.min(whole)),
        }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Extent::Share(share) => write!(out, "{share}"),
            Extent::Bytes(bytes) => write!(out, "{bytes} bytes"),
        }
    }
}
