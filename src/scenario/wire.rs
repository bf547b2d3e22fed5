//! `wire`: how the bytes of a reply go wrong, and how much of them where that can be said.

use super::trigger::share;
use crate::message::{Extent, Wire};
use crate::source::{Fields, Findings, Node};

/// Reads `wire`, and `share`, `bytes` or `by` with it.
pub(super) fn read(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Wire> {
    let before = findings.len();
    let (share_node, bytes_node, by_node) = (fields.take("share"), fields.take("bytes"), fields.take("by"));
    let share = share_node.as_ref().and_then(|node| share(node, findings)).map(Extent::Share);
    let bytes = bytes_node.as_ref().and_then(|node| node.unsigned(findings)).map(Extent::Bytes);
    if share.is_some() && bytes.is_some() {
        findings.push(fields.node().error("conflict", "how much is sent stands in `share` or in `bytes`, not in both"));
    }
    let by = by_node.as_ref().and_then(|node| read_by(node, findings)).unwrap_or(1);
    let words = words(share.or(bytes).unwrap_or(Extent::Share(0.5)), by);
    let wire = fields.required("wire", findings, |node, findings| node.word(&words, findings))?;
    let (cuts, lies) =
        (matches!(wire, Wire::CutHead(_) | Wire::Cut(_) | Wire::Stall(_)), matches!(wire, Wire::Length(_)));
    for (node, fits) in [(share_node, cuts), (bytes_node, cuts), (by_node, lies)] {
        if let Some(node) = node.filter(|_| !fits) {
            let what = format!("`{}` does not go with `{}`", node.key(), Wire::WORDS[wire.index()]);
            let help = "`share` and `bytes` go with `cut_head`, `cut` and `stall`, `by` with `length`";
            findings.push(node.error("conflict", what).help(help));
        }
    }
    (findings.len() == before).then_some(wire)
}

fn words(at: Extent, by: i64) -> [(&'static str, Wire); Wire::WORDS.len()] {
    let all = [
        Wire::Reset,
        Wire::Close,
        Wire::CutHead(at),
        Wire::Cut(at),
        Wire::Stall(at),
        Wire::Length(by),
        Wire::BadChunk,
        Wire::Garbage,
        Wire::BadUtf8,
        Wire::BadJson,
    ];
    all.map(|wire| (Wire::WORDS[wire.index()], wire))
}

/// By how many bytes a length is wrong.
fn read_by(node: &Node<'_>, findings: &mut Findings) -> Option<i64> {
    const MOST: i64 = 1_000_000;
    match node.value().as_i64() {
        Some(by) if by != 0 && (-MOST..=MOST).contains(&by) => Some(by),
        _ => node.mismatch("a number of bytes, above or below 0 by up to a million", findings),
    }
}
