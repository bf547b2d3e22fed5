//! Names as they are compared: without case and punctuation, in the singular. And the names that mean something.

/// Letters and digits in lower case: `created_at`, `createdAt` and `created-at` are the same.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A noun in the singular, as far as English can be told by its endings.
pub(super) fn singular(noun: &str) -> String {
    let stem = |ending: &str| noun.strip_suffix(ending).filter(|stem| stem.len() > 1);
    if let Some(stem) = stem("ies") {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if noun.ends_with(ending) {
            return noun[..noun.len() - 2].to_owned();
        }
    }
    let kept = ["ss", "us", "is"].iter().any(|ending| noun.ends_with(ending));
    stem("s").filter(|_| !kept).unwrap_or(noun).to_owned()
}

/// Whether a name is one of a list of plain names.
pub(super) fn is_any(name: &str, known: &[&str]) -> bool {
    known.contains(&plain(name).as_str())
}

/// Properties that tell records apart, the likeliest first.
pub(super) const KEYS: [&str; 19] = [
    "id",
    "uuid",
    "guid",
    "sid",
    "gid",
    "uid",
    "identifier",
    "name",
    "slug",
    "key",
    "code",
    "username",
    "login",
    "number",
    "handle",
    "email",
    "iid",
    "arn",
    "token",
];
/// Objects in which those may stand.
pub(super) const KEY_HOLDERS: [&str; 5] = ["metadata", "meta", "sys", "attributes", "properties"];
/// Properties that callers choose so that they tell records apart, the likeliest first.
pub(super) const DISTINCT: [&str; 8] = ["email", "username", "login", "slug", "handle", "key", "code", "name"];

/// Properties with the time at which a record was made.
pub(super) const CREATED: [&str; 14] = [
    "createdat",
    "created",
    "createdon",
    "datecreated",
    "creationdate",
    "createddate",
    "creationtime",
    "createtime",
    "createdtime",
    "insertedat",
    "dateadded",
    "createdtimestamp",
    "creationtimestamp",
    "createddatetime",
];
/// Properties with the time at which it was changed last.
pub(super) const UPDATED: [&str; 16] = [
    "updatedat",
    "updated",
    "updatedon",
    "dateupdated",
    "modifiedat",
    "modified",
    "lastmodified",
    "datemodified",
    "modifiedon",
    "updatetime",
    "updatedtime",
    "lastupdated",
    "lastmodifieddate",
    "updateddate",
    "lastupdatedat",
    "modifieddate",
];

/// Envelopes around one record, beside those that have the record's own name.
pub(super) const ONE: [&str; 9] =
    ["data", "result", "response", "item", "payload", "body", "object", "record", "results"];
/// Envelopes around a list, beside those that have the records' own name.
pub(super) const MANY: [&str; 18] = [
    "data",
    "items",
    "results",
    "records",
    "values",
    "entries",
    "content",
    "list",
    "rows",
    "result",
    "elements",
    "objects",
    "collection",
    "resources",
    "value",
    "hits",
    "documents",
    "edges",
];

/// Parameters for the size of a page.
pub(super) const SIZE: [&str; 22] = [
    "perpage",
    "pagesize",
    "limit",
    "size",
    "maxresults",
    "pagelimit",
    "top",
    "take",
    "maxitems",
    "itemsperpage",
    "resultsperpage",
    "recordsperpage",
    "rows",
    "rpp",
    "maxresultcount",
    "pagelength",
    "max",
    "num",
    "maxpagesize",
    "count",
    "first",
    "n",
];
/// Parameters for the number of a page.
pub(super) const PAGE: [&str; 8] =
    ["page", "pagenumber", "pageno", "pagenum", "currentpage", "pageindex", "p", "pagenr"];
/// Parameters for the record that a page starts with.
pub(super) const START: [&str; 9] =
    ["offset", "skip", "start", "startindex", "startat", "from", "pageoffset", "startposition", "firstresult"];
/// Parameters for the cursor that a page starts after.
pub(super) const AFTER: [&str; 22] = [
    "cursor",
    "after",
    "startingafter",
    "pagetoken",
    "nexttoken",
    "nextpagetoken",
    "continue",
    "continuation",
    "continuationtoken",
    "pageafter",
    "pagecursor",
    "marker",
    "nextcursor",
    "sinceid",
    "startafter",
    "bookmark",
    "nextpage",
    "pagestart",
    "aftercursor",
    "paginationtoken",
    "startcursor",
    "aftertoken",
];
/// Those among them that are ids.
pub(super) const AFTER_IDS: [&str; 4] = ["startingafter", "endingbefore", "sinceid", "startafter"];
/// Parameters for the cursor that a page ends before.
pub(super) const BEFORE: [&str; 4] = ["before", "endingbefore", "pagebefore", "beforecursor"];
/// Parameters for a field to sort by, and for the direction.
pub(super) const SORT: [&str; 5] = ["sort", "sortby", "orderby", "ordering", "sortfield"];
pub(super) const DIRECTION: [&str; 6] = ["order", "sortorder", "direction", "sortdir", "sortdirection", "dir"];
/// Parameters for a word to look for.
pub(super) const SEARCH: [&str; 5] = ["q", "search", "term", "keyword", "searchterm"];
/// Properties in which it is looked for.
pub(super) const SEARCHED: [&str; 12] = [
    "name",
    "title",
    "subject",
    "label",
    "description",
    "email",
    "username",
    "firstname",
    "lastname",
    "fullname",
    "displayname",
    "summary",
];

/// What a reply says of a page, by the names that it goes by, and what kind of value it is.
pub(super) const EXTRAS: [(&str, Kind, &[&str]); 19] = [
    (
        "{total}",
        Kind::Whole,
        &[
            "total",
            "totalcount",
            "totalitems",
            "totalresults",
            "totalelements",
            "totalsize",
            "totalrecords",
            "totalhits",
            "recordcount",
            "itemcount",
            "totalentries",
            "found",
            "numresults",
            "resultscount",
            "totalnumber",
        ],
    ),
    (
        "{count}",
        Kind::Whole,
        &["currentitemcount", "numberofelements", "pagecount", "returned", "itemsreturned", "countonpage"],
    ),
    ("{size}", Kind::Whole, &["perpage", "pagesize", "limit", "size", "itemsperpage", "maxresults"]),
    ("{page}", Kind::Whole, &["page", "pagenumber", "currentpage", "number", "pageno", "pageindex"]),
    (
        "{pages}",
        Kind::Whole,
        &["pages", "totalpages", "numpages", "lastpage", "pagestotal", "pagecounttotal", "numberofpages"],
    ),
    ("{start}", Kind::Whole, &["offset", "skip", "start", "startindex", "startat", "from"]),
    ("{next_page}", Kind::Whole, &["nextpage", "next"]),
    ("{prev_page}", Kind::Whole, &["previouspage", "prevpage", "previous", "prev"]),
    (
        "{has_more}",
        Kind::Flag,
        &[
            "hasmore",
            "hasnext",
            "hasnextpage",
            "more",
            "morerecords",
            "moreresults",
            "ismore",
            "truncated",
            "istruncated",
            "hasmoreitems",
        ],
    ),
    ("{has_previous}", Kind::Flag, &["hasprevious", "hasprev", "haspreviouspage", "hasprevpage"]),
    ("{not.has_more}", Kind::Flag, &["last", "islast", "islastpage", "end", "done", "complete"]),
    ("{not.has_previous}", Kind::Flag, &["first", "isfirst", "isfirstpage"]),
    (
        "{next_cursor}",
        Kind::Text,
        &[
            "nextcursor",
            "cursor",
            "nextpagetoken",
            "nexttoken",
            "continuation",
            "continue",
            "continuationtoken",
            "endcursor",
            "aftercursor",
            "after",
            "nextmarker",
            "pagetoken",
            "paginationtoken",
            "bookmark",
        ],
    ),
    ("{before}", Kind::Text, &["beforecursor", "startcursor", "before", "prevcursor", "previouscursor"]),
    (
        "{next_url}",
        Kind::Text,
        &[
            "next",
            "nextpage",
            "nexturl",
            "nextlink",
            "nextpageurl",
            "nextpageuri",
            "nexthref",
            "odatanextlink",
            "nextpagelink",
        ],
    ),
    (
        "{prev_url}",
        Kind::Text,
        &[
            "previous",
            "prev",
            "previouspage",
            "prevpage",
            "previousurl",
            "prevurl",
            "prevlink",
            "previouslink",
            "prevpageurl",
            "previouspageuri",
            "previouspageurl",
        ],
    ),
    ("{first_url}", Kind::Text, &["first", "firstpage", "firstpageuri", "firstpageurl", "firstlink"]),
    ("{last_url}", Kind::Text, &["lastpage", "lastpageuri", "lastpageurl", "lastlink", "last"]),
    ("{url}", Kind::Text, &["self", "selflink"]),
];

/// What a value must be for a name to be taken by its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Whole,
    Flag,
    Text,
}
