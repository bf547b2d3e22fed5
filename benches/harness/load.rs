//! The load: a fixed number of requests over a fixed number of connections, each asking again once it is answered.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Figures, House};

/// How much is asked.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// In all, over all connections.
    pub(crate) requests: usize,
}

/// One round, on a thread of its own runtime.
pub(crate) fn measure(house: &House, request: &[u8], load: Load) -> Figures {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be had");
    let worked = house.processor_time();
    let begun = Instant::now();
    let mut latencies = runtime.block_on(run(house, request, load));
    let spent = begun.elapsed().as_secs_f64();
    let worked = house.processor_time() - worked;
    latencies.sort_unstable();
    let count = latencies.len();
    Figures {
        per_second: count as f64 / spent,
        processor: worked as f64 / 1000.0 / count as f64,
        p50: f64::from(latencies[count / 2]) / 1000.0,
        p99: f64::from(latencies[count * 99 / 100]) / 1000.0,
    }
}

async fn run(house: &House, request: &[u8], load: Load) -> Vec<u32> {
    let mut clients = JoinSet::new();
    for _ in 0..load.connections {
        let (address, request) = (house.address, request.to_vec());
        clients.spawn(async move {
            let stream = TcpStream::connect(address).await.expect("the server listens");
            stream.set_nodelay(true).expect("a connected socket has options");
            client(stream, &request, load.requests / load.connections).await
        });
    }
    clients.join_all().await.concat()
}

/// Nanoseconds per request.
async fn client(mut stream: TcpStream, request: &[u8], times: usize) -> Vec<u32> {
    let mut latencies = Vec::with_capacity(times);
    let mut buffer = vec![0; 256 * 1024];
    let mut request = request.to_vec();
    let counter = request.windows(COUNTER.len()).position(|window| window == COUNTER);
    for _ in 0..times {
        if let Some(at) = counter {
            let number = format!("{:010}", NEXT.fetch_add(1, Ordering::Relaxed));
            request[at..at + COUNTER.len()].copy_from_slice(number.as_bytes());
        }
        let asked = Instant::now();
        stream.write_all(&request).await.expect("the server reads");
        let mut filled = 0;
        while !is_whole(&buffer[..filled]) {
            let read = stream.read(&mut buffer[filled..]).await.expect("the server answers");
            assert_ne!(read, 0, "the server has closed the connection");
            filled += read;
        }
        latencies.push(u32::try_from(asked.elapsed().as_nanos()).unwrap_or(u32::MAX));
    }
    latencies
}

/// Stands in a request where each is to have a number of its own.
pub(crate) const COUNTER: &[u8; 10] = b"##########";
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Whether a response has arrived to its end. One that is neither a success nor a 422 ends the measurement.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(head) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let text = std::str::from_utf8(&bytes[..head]).expect("a head is text");
    assert!(text.starts_with("HTTP/1.1 2") || text.starts_with("HTTP/1.1 422"), "the server refuses: {text}");
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse::<usize>().expect("a length is a number"));
    bytes.len() >= head + 4 + length
}
