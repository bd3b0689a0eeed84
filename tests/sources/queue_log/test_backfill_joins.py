"""A part of the log that comes late, case by case: what runs at its end meets what later records said of it.

Each case joins parts at one place. Its parts are in order of time, and the last but one is taken in last: of two the
earlier, of three the middle. Records are written one by one, so that whatever runs is kept from one batch to the next.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ccmon.database import imported_records, totals
from ccmon.sources.queue_log import files
from tests.databases import open_copy
from tests.sources.queue_log.database_contents import contents_by
from tests.sources.queue_log.test_import import BASE, take

ENTERS = "10|1.1|q|NONE|ENTERQUEUE||0612|1|Bo"
IS_ANSWERED = "20|1.1|q|Ann|CONNECT|10|x|3"
ANN_JOINS = "5|CLI|q|Ann|ADDMEMBER|"
ANN_LEAVES = "60|CLI|q|Ann|REMOVEMEMBER|"
ANN_AT_LUNCH = "10|NONE|q|Ann|PAUSE|lunch"
ANOTHER = "1|9.9|other|NONE|ENTERQUEUE||0699|1"
"""A call of no interest, so that there is a part in which nothing is said of the others."""
ANOTHER_ENDS = "90|9.9|other|NONE|ABANDON|1|1|89"

AS_IN_ONE_PASS: dict[str, list[list[str]]] = {
    # Calls
    "waited, and gives up": [[ENTERS], ["40|1.1|q|NONE|ABANDON|1|1|25"]],
    "waited, and is answered": [[ENTERS], ["40|1.1|q|Ann|CONNECT|25|x|3", "50|1.1|q|Ann|COMPLETEAGENT|25|10|1"]],
    "waited, and is answered and talks": [[ENTERS], ["40|1.1|q|Ann|CONNECT|25|x|3"]],
    "waited, and waits": [[ENTERS], [ANOTHER_ENDS]],
    "waited before, is answered, and hangs up": [
        [ANOTHER, ENTERS],
        [IS_ANSWERED, "50|1.1|q|Ann|COMPLETECALLER|10|30|1"],
        [ANOTHER_ENDS],
    ],
    "talked, and hangs up": [[ENTERS, IS_ANSWERED], ["50|1.1|q|Ann|COMPLETECALLER|9|28|1"]],
    "talked, and talks": [[ENTERS, IS_ANSWERED], [ANOTHER_ENDS]],
    "talked, and ends with a word of how it went": [
        [ENTERS, IS_ANSWERED],
        ["50|1.1|q|Ann|COMPLETECALLER|9|28|1", "52|1.1|q|Ann|CALLSTATUS|sale"],
    ],
    "was held": [
        [ENTERS, IS_ANSWERED, "25|1.1|NONE|Ann|CALLERONHOLD|", "30|1.1|NONE|Ann|CALLEROFFHOLD|"],
        ["50|1.1|q|Ann|COMPLETECALLER|9|28|1"],
    ],
    "was held, and how it went was said before the end": [
        [
            ENTERS,
            IS_ANSWERED,
            "25|1.1|NONE|Ann|CALLERONHOLD|",
            "30|1.1|NONE|Ann|CALLEROFFHOLD|",
            "32|1.1|q|Ann|CALLSTATUS|sale",
        ],
        ["50|1.1|q|Ann|COMPLETECALLER|9|28|1"],
    ],
    "was held for as long as is known": [[ENTERS, IS_ANSWERED, "25|1.1|NONE|Ann|CALLERONHOLD|"], [ANOTHER_ENDS]],
    "rang at Bob before, and gives up": [
        [ENTERS, "15|1.1|q|Bob|RINGNOANSWER|5000"],
        ["40|1.1|q|NONE|ABANDON|1|1|25"],
    ],
    "two that wait in two queues": [
        [ENTERS, "12|1.2|r|NONE|ENTERQUEUE||0613|1"],
        ["40|1.2|r|NONE|ABANDON|1|1|25", "41|1.1|q|NONE|ABANDON|1|1|25"],
    ],
    "one that went through a queue before": [
        [ENTERS, "20|1.1|q|NONE|EXITWITHTIMEOUT|1|1|10"],
        ["30|1.1|r|NONE|ENTERQUEUE||0612|1", "40|1.1|r|NONE|ABANDON|1|1|10"],
    ],
    "one that went through two queues before": [
        [
            ENTERS,
            "20|1.1|q|NONE|EXITWITHTIMEOUT|1|1|10",
            "21|1.1|r|NONE|ENTERQUEUE||0612|1",
            "30|1.1|r|NONE|EXITWITHTIMEOUT|1|1|9",
        ],
        ["31|1.1|q|NONE|ENTERQUEUE||0612|1", "40|1.1|q|NONE|ABANDON|1|1|9"],
    ],
    "one that came back to its queue and waits": [
        [ENTERS, "20|1.1|q|NONE|EXITWITHTIMEOUT|1|1|10", "21|1.1|q|NONE|ENTERQUEUE||0612|1"],
        ["40|1.1|q|NONE|ABANDON|1|1|15"],
    ],
    "one that goes by another number of the same queue is another": [
        [ENTERS],
        ["12|1.2|q|NONE|ENTERQUEUE||0613|1", "40|1.2|q|NONE|ABANDON|1|1|28"],
    ],
    # Calls that were known before the gap
    "a wait on both sides": [[ENTERS], [ANN_JOINS.replace("5", "20")], ["40|1.1|q|NONE|ABANDON|1|1|25"]],
    "answered in the gap": [[ENTERS], [IS_ANSWERED], ["50|1.1|q|Ann|COMPLETECALLER|9|28|1"]],
    "answered at the very end of what is known before": [
        [ENTERS, IS_ANSWERED],
        ["30|CLI|q|Bob|ADDMEMBER|"],
        ["50|1.1|q|Ann|COMPLETECALLER|10|28|1"],
    ],
    "ended at the very end of what is known before": [
        [ENTERS, "40|1.1|q|NONE|ABANDON|1|1|30"],
        ["45|1.1|q|NONE|ABANDON|1|1|35"],
        [ANOTHER_ENDS],
    ],
    "ended in the gap": [[ENTERS], ["40|1.1|q|NONE|ABANDON|1|1|30"], [ANOTHER_ENDS]],
    "how a call went that ended before the gap": [
        [ENTERS, IS_ANSWERED, "30|1.1|q|Ann|COMPLETECALLER|10|10|1"],
        ["40|1.1|q|Ann|CALLSTATUS|sale"],
        [ANOTHER_ENDS],
    ],
    "comes back to its queue in the gap and gives up": [
        [ENTERS],
        ["30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|20", "45|1.1|q|NONE|ENTERQUEUE||0612|1"],
        ["60|1.1|q|Bob|RINGNOANSWER|3000", "70|1.1|q|NONE|ABANDON|1|1|25"],
    ],
    "comes back to its queue in the gap and is answered": [
        [ENTERS],
        ["30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|20", "45|1.1|q|NONE|ENTERQUEUE||0612|1"],
        [
            "60|1.1|q|Ann|CONNECT|15|x|3",
            "62|1.1|NONE|Ann|CALLERONHOLD|",
            "65|1.1|NONE|Ann|CALLEROFFHOLD|",
            "70|1.1|q|Ann|COMPLETECALLER|15|10|1",
            "75|1.1|q|Ann|CALLSTATUS|sale",
        ],
    ],
    "held in the gap": [
        [ENTERS, IS_ANSWERED, "22|1.1|NONE|Ann|CALLERONHOLD|", "23|1.1|NONE|Ann|CALLEROFFHOLD|"],
        ["25|1.1|NONE|Ann|CALLERONHOLD|", "30|1.1|NONE|Ann|CALLEROFFHOLD|", "31|1.1|q|Ann|CALLSTATUS|sale"],
        ["40|1.1|NONE|Ann|CALLERONHOLD|", "42|1.1|NONE|Ann|CALLEROFFHOLD|", "50|1.1|q|Ann|COMPLETECALLER|9|28|1"],
    ],
    "comes back to its queue and is answered in the gap": [
        [ENTERS, "12|1.1|q|Ann|CONNECT|2|x|3"],
        [
            "30|1.1|q|Ann|BLINDTRANSFER|600|ctx|2|18|1",
            "31|1.1|q|NONE|ENTERQUEUE||0612|1",
            "45|1.1|q|Bob|CONNECT|14|x|3",
        ],
        ["70|1.1|q|Bob|COMPLETECALLER|14|25|1"],
    ],
    "comes back to its queue in the gap while another call gives up in it": [
        ["8|1.2|q|NONE|ENTERQUEUE||0613|1", ENTERS],
        [
            "28|1.2|q|NONE|ABANDON|1|1|20",
            "30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|20",
            "45|1.1|q|NONE|ENTERQUEUE||0612|1",
        ],
        ["70|1.1|q|NONE|ABANDON|1|1|25"],
    ],
    "was held before it comes back to its queue, and is again": [
        [ENTERS],
        [
            IS_ANSWERED,
            "22|1.1|NONE|Ann|CALLERONHOLD|",
            "26|1.1|NONE|Ann|CALLEROFFHOLD|",
            "30|1.1|q|Ann|BLINDTRANSFER|600|ctx|10|10|1",
            "31|1.1|q|NONE|ENTERQUEUE||0612|1",
        ],
        [
            "60|1.1|q|Bob|CONNECT|29|x|3",
            "62|1.1|NONE|Bob|CALLERONHOLD|",
            "65|1.1|NONE|Bob|CALLEROFFHOLD|",
            "70|1.1|q|Bob|COMPLETECALLER|29|10|1",
        ],
    ],
    "was held before it comes back to its queue, and is not again": [
        [ENTERS],
        [
            IS_ANSWERED,
            "22|1.1|NONE|Ann|CALLERONHOLD|",
            "26|1.1|NONE|Ann|CALLEROFFHOLD|",
            "30|1.1|q|Ann|BLINDTRANSFER|600|ctx|10|10|1",
            "31|1.1|q|NONE|ENTERQUEUE||0612|1",
        ],
        ["60|1.1|q|Bob|CONNECT|29|x|3", "70|1.1|q|Bob|COMPLETECALLER|29|10|1"],
    ],
    "comes back to its queue in the gap and is never held": [
        [ENTERS],
        ["30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|20", "45|1.1|q|NONE|ENTERQUEUE||0612|1"],
        ["60|1.1|q|Ann|CONNECT|15|x|3", "70|1.1|q|Ann|COMPLETECALLER|15|10|1"],
    ],
    "comes back to its queue and is answered in the gap, by one who leaves later": [
        [ENTERS, "12|1.1|q|Ann|CONNECT|2|x|3"],
        [
            "30|1.1|q|Ann|BLINDTRANSFER|600|ctx|2|18|1",
            "31|1.1|q|NONE|ENTERQUEUE||0612|1",
            "45|1.1|q|Bob|CONNECT|14|x|3",
        ],
        ["70|1.1|q|Bob|COMPLETECALLER|14|25|1", "80|CLI|q|Bob|REMOVEMEMBER|"],
    ],
    "comes to another queue in the gap": [
        [ENTERS],
        ["30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|20", "45|1.1|r|NONE|ENTERQUEUE||0612|1"],
        ["70|1.1|r|NONE|ABANDON|1|1|20"],
    ],
    "waits again in the gap while it talks still": [
        [ENTERS, IS_ANSWERED],
        ["30|1.1|q|NONE|ENTERQUEUE||0612|1"],
        ["50|1.1|q|Ann|COMPLETECALLER|10|30|1", "60|1.1|q|NONE|ABANDON|1|1|5"],
    ],
    "dialled by an agent, answered in the gap": [
        ["10|1.1|fresh|Ann|CALLOUTBOUND||0612"],
        ["20|1.1|fresh|Ann|CONNECT|10|x|3"],
        ["50|1.1|fresh|Ann|COMPLETECALLER|9|28|1"],
    ],
    "dialled by an agent, and nothing more": [["10|1.1|fresh|Ann|CALLOUTBOUND||0612"], [ANOTHER_ENDS]],
    # Agents
    "talks all through the gap, paused for a while in it": [
        [ENTERS, IS_ANSWERED],
        ["30|NONE|q|Ann|PAUSE|tea", "40|NONE|q|Ann|UNPAUSE|"],
        ["50|1.1|q|Ann|COMPLETECALLER|10|30|1"],
    ],
    "seemed to talk on, was paused for a while and left": [
        [ENTERS, IS_ANSWERED],
        ["30|1.1|q|Ann|COMPLETECALLER|10|10|1"],
        ["60|NONE|q|Ann|PAUSE|tea", "70|NONE|q|Ann|UNPAUSE|", "80|CLI|q|Ann|REMOVEMEMBER|"],
    ],
    "seemed to talk on, was paused for a while and had another call": [
        [ENTERS, IS_ANSWERED],
        ["30|1.1|q|Ann|COMPLETECALLER|10|10|1"],
        [
            "60|NONE|q|Ann|PAUSE|tea",
            "70|NONE|q|Ann|UNPAUSE|",
            "80|1.2|q|NONE|ENTERQUEUE||0613|1",
            "90|1.2|q|Ann|CONNECT|10|x|3",
            "95|NONE|q|Ann|PAUSE|lunch",
            "99|1.2|q|Ann|COMPLETECALLER|10|9|1",
        ],
    ],
    "talked, and is paused in the middle of it": [
        [ENTERS, IS_ANSWERED],
        ["45|NONE|q|Ann|PAUSE|tea", "50|1.1|q|Ann|COMPLETECALLER|10|30|1"],
    ],
    "talked, and is paused for a while in the middle of it": [
        [ENTERS, IS_ANSWERED],
        ["42|NONE|q|Ann|PAUSE|tea", "44|NONE|q|Ann|UNPAUSE|", "50|1.1|q|Ann|COMPLETECALLER|10|30|1"],
    ],
    "was a member, and leaves": [[ANN_JOINS], [ANN_LEAVES]],
    "was a member, and nothing more": [[ANN_JOINS], [ANOTHER_ENDS]],
    "was a member, and misses a call": [[ANN_JOINS], ["30|1.2|q|Ann|RINGNOANSWER|3000"]],
    "was a static member, and misses another call": [
        ["5|1.1|q|Ann|RINGNOANSWER|3000"],
        ["30|1.2|q|Ann|RINGNOANSWER|3000"],
    ],
    "was a static member, and nothing more": [["5|1.1|q|Ann|RINGNOANSWER|3000"], [ANOTHER_ENDS]],
    "was a static member by what was known, and leaves": [["5|1.1|q|Ann|RINGNOANSWER|3000"], [ANN_LEAVES]],
    "two members, and one leaves": [[ANN_JOINS, "6|CLI|q|Bob|ADDMEMBER|"], [ANN_LEAVES]],
    "was paused, and comes back": [[ANN_JOINS, ANN_AT_LUNCH], ["30|NONE|q|Ann|UNPAUSE|"]],
    "was paused, and is for the same reason": [[ANN_JOINS, ANN_AT_LUNCH], ["30|NONE|q|Ann|PAUSE|lunch"]],
    "was paused, and is for another reason": [[ANN_JOINS, ANN_AT_LUNCH], ["30|NONE|q|Ann|PAUSE|tea"]],
    "was paused, and leaves": [[ANN_JOINS, ANN_AT_LUNCH], [ANN_LEAVES]],
    "was paused, and nothing more": [[ANN_JOINS, ANN_AT_LUNCH], [ANOTHER_ENDS]],
    "two were paused, and one comes back": [
        [ANN_JOINS, ANN_AT_LUNCH, "6|CLI|q|Bob|ADDMEMBER|", "11|NONE|q|Bob|PAUSE|tea"],
        ["30|NONE|q|Ann|UNPAUSE|"],
    ],
    "was paused in two queues, and comes back to one": [
        [ANN_JOINS, ANN_AT_LUNCH, "6|CLI|r|Ann|ADDMEMBER|", "11|NONE|r|Ann|PAUSE|tea"],
        ["30|NONE|r|Ann|UNPAUSE|"],
    ],
    "a pause as the gap begins, and back in it": [[ANN_JOINS, ANN_AT_LUNCH], ["20|NONE|q|Ann|UNPAUSE|"], [ANN_LEAVES]],
    "paused before, and more in the gap": [[ANN_JOINS, ANN_AT_LUNCH], ["20|NONE|q|Ann|PAUSE|tea"], [ANN_LEAVES]],
    "a dynamic member who left before the gap answers in it": [
        ["2|CLI|q|Ann|ADDMEMBER|", "5|CLI|q|Ann|REMOVEMEMBER|"],
        ["10|1.1|q|NONE|ENTERQUEUE||0612|1", "20|1.1|q|Ann|CONNECT|10|x|3", "30|1.1|q|Ann|COMPLETECALLER|10|10|1"],
        [ANOTHER_ENDS],
    ],
    "a member before the gap leaves in it": [[ANN_JOINS], ["20|CLI|q|Ann|REMOVEMEMBER|"], [ANOTHER_ENDS]],
    "a static member before the gap is one in it": [
        ["5|1.1|q|Ann|RINGNOANSWER|3000"],
        ["20|NONE|q|Ann|PAUSE|tea"],
        [ANOTHER_ENDS],
    ],
    "paused all through the gap, told again in it": [
        [ANN_JOINS, ANN_AT_LUNCH],
        ["20|NONE|q|Ann|PAUSE|lunch"],
        [ANOTHER_ENDS],
    ],
    "a static member before the gap, paused as the switch starts anew in it": [
        ["5|1.1|q|Ann|RINGNOANSWER|3000"],
        ["20|NONE|q|Ann|PAUSE|tea", "30|NONE|NONE|NONE|QUEUESTART|"],
        ["90|CLI|r|Bob|ADDMEMBER|"],
    ],
    "nothing but a name": [["10|NONE|NONE|Ann|UNPAUSEALL|"], [ANOTHER_ENDS]],
    "a member before the gap and after it, paused in it": [[ANN_JOINS], [ANN_AT_LUNCH], [ANN_LEAVES]],
    "a member before the gap and after it, gone for a while in it": [
        [ANN_JOINS],
        ["20|CLI|q|Ann|REMOVEMEMBER|", "30|CLI|q|Ann|ADDMEMBER|"],
        [ANN_LEAVES, "70|CLI|q|Ann|ADDMEMBER|"],
    ],
    "paused before the gap and back after it, paused anew in it": [
        [ANN_JOINS, ANN_AT_LUNCH],
        ["20|NONE|q|Ann|UNPAUSE|", "30|NONE|q|Ann|PAUSE|tea"],
        ["50|NONE|q|Ann|UNPAUSE|", ANN_LEAVES],
    ],
    "nothing of the agent but before the gap": [[ANN_JOINS], ["20|CLI|q|Bob|ADDMEMBER|"], [ANOTHER_ENDS]],
}

WORKED_AFTER_THE_CALL: dict[str, list[list[str]]] = {
    "works after the call, and is done": [
        [ENTERS, IS_ANSWERED, "30|1.1|q|Ann|COMPLETECALLER|10|10|1", "31|NONE|q|Ann|PAUSE|notes"],
        ["40|NONE|q|Ann|UNPAUSE|"],
    ],
    "works after the call, and nothing more": [
        [ENTERS, IS_ANSWERED, "30|1.1|q|Ann|COMPLETECALLER|10|10|1", "31|NONE|q|Ann|PAUSE|notes"],
        [ANOTHER_ENDS],
    ],
    "works after the call before the gap, done in it": [
        [ENTERS, IS_ANSWERED, "30|1.1|q|Ann|COMPLETECALLER|10|10|1", "31|NONE|q|Ann|PAUSE|notes"],
        ["40|NONE|q|Ann|UNPAUSE|"],
        [ANOTHER_ENDS],
    ],
    "comes back to its queue in the gap, with work after it": [
        [ENTERS],
        ["30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|20", "45|1.1|q|NONE|ENTERQUEUE||0612|1"],
        [
            "60|1.1|q|Ann|CONNECT|15|x|3",
            "65|NONE|q|Ann|PAUSE|notes",
            "70|1.1|q|Ann|COMPLETECALLER|15|10|1",
            "80|NONE|q|Ann|UNPAUSE|",
        ],
    ],
    "comes back to its queue in the gap, with work after it that goes on": [
        [ENTERS],
        ["30|1.1|q|NONE|EXITWITHTIMEOUT|1|1|20", "45|1.1|q|NONE|ENTERQUEUE||0612|1"],
        ["60|1.1|q|Ann|CONNECT|15|x|3", "65|NONE|q|Ann|PAUSE|notes", "70|1.1|q|Ann|COMPLETECALLER|15|10|1"],
    ],
}


Rows = dict[str, list[tuple[Any, ...]]]


def log(path: Path, records: Iterable[str]) -> Path:
    file = path.with_name("queue_log")
    moments = (record.partition("|") for record in records)
    file.write_text("".join(f"{BASE + int(at)}|{rest}\n" for at, _, rest in moments))
    return file


OF_NO_SOURCE = " UNION ALL ".join(
    f"SELECT agent_id, started_at FROM {table} WHERE source IS NOT 'queue-log'"
    for table in ("agent_states", "queue_members", "queue_pauses")
)


def taken(empty: Path, parts: Iterable[list[str]], *, notes_are_wrap_up: bool = False) -> Rows:
    """What a database says after parts were taken in one after the other. Its totals are right."""
    with open_copy(empty) as (path, connection):
        if notes_are_wrap_up:
            connection.execute("INSERT INTO pause_reasons (reason, counts_as_wrap_up) VALUES ('notes', 1)")
        for part in parts:
            take(path, log(path, part))
        assert connection.execute(OF_NO_SOURCE).fetchall() == []
        assert totals.check(connection) == []
        return {name: found for name, found in contents_by(connection).items() if name != "sources"}


@functools.cache
def taken_in_one_pass(empty: Path, name: str) -> Rows:
    """What a database says after the records of a case were taken in together, whether or not records are kept."""
    whole = [record for part in (AS_IN_ONE_PASS | WORKED_AFTER_THE_CALL)[name] for record in part]
    return taken(empty, [whole], notes_are_wrap_up=name in WORKED_AFTER_THE_CALL)


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK", 16)


@pytest.mark.usefixtures("_kept_or_not")
@pytest.mark.parametrize("name", AS_IN_ONE_PASS | WORKED_AFTER_THE_CALL)
def test_the_parts_are_one_log(empty_database: Path, name: str) -> None:
    *first, last_but_one, last = (AS_IN_ONE_PASS | WORKED_AFTER_THE_CALL)[name]
    joined = taken(empty_database, [*first, last, last_but_one], notes_are_wrap_up=name in WORKED_AFTER_THE_CALL)
    assert joined == taken_in_one_pass(empty_database, name)


@pytest.mark.usefixtures("_kept_or_not")
def test_an_agent_on_two_calls_goes_on_with_the_other(empty_database: Path) -> None:
    """Of the second only its end is known, by an agent who never had it; of the first nothing more."""
    parts = [
        [ENTERS, "11|1.2|q|NONE|ENTERQUEUE||0613|1"],
        [IS_ANSWERED, "22|1.2|q|Ann|CONNECT|11|x|3"],
        ["50|1.2|q|Bob|COMPLETECALLER|11|28|1"],
    ]
    whole = taken(empty_database, [[record for part in parts for record in part]])
    joined = taken(empty_database, [parts[0], parts[2], parts[1]])
    assert [row for row in joined["agent_states"] if row[0] == "Ann"] == whole["agent_states"]
    assert len(whole["agent_states"]) == 3


# The end of the first pause is known by the part of its row after the kept record, which is not the second one's.
NOT_WHERE_ONE_IS_KEPT = {"paused before the gap and back after it, paused anew in it"}


@pytest.mark.parametrize("name", sorted((AS_IN_ONE_PASS | WORKED_AFTER_THE_CALL).keys() - NOT_WHERE_ONE_IS_KEPT))
def test_the_parts_are_one_log_where_the_first_later_record_is_kept(
    empty_database: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What runs where the kept record ends is joined to what the others have made."""
    monkeypatch.setattr(imported_records, "RECORDS_OF_PART", 1)
    *first, last_but_one, last = (AS_IN_ONE_PASS | WORKED_AFTER_THE_CALL)[name]
    kept = f"{int(last[0].partition('|')[0]) - 1}|8.8|another|NONE|ENTERQUEUE||0698|1"
    parts = [*first, last_but_one, [kept, *last]]
    notes_are_wrap_up = name in WORKED_AFTER_THE_CALL
    whole = taken(empty_database, [[record for part in parts for record in part]], notes_are_wrap_up=notes_are_wrap_up)
    joined = taken(empty_database, [*first, parts[-1], last_but_one], notes_are_wrap_up=notes_are_wrap_up)
    assert joined == whole
