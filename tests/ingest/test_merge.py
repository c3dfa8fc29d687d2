"""Nothing doubled, nothing lost, whatever the order: the multiset union of what sources say."""

import itertools
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qunkit.ingest import build, revision, store
from qunkit.ingest.identity import ANY_GROUP
from support.staged import START, commit, commit_built, members, messages, telling

A, B, C, D = "a" * 16, "b" * 16, "c" * 16, "d" * 16
KEVIN = {"sender_id": "wxid_kevin", "sender_name": "凯文"}
NAMED = {"group_id": None, "sender_name": "凯文"}


def texts(dataset):
    return [row["text"] for row in messages(dataset)[0]]


def test_two_equal_messages_in_one_second_stay_two_and_a_third_export_adds_none(tmp_path):
    twice = [telling(0, text="1", **KEVIN), telling(0, text="1", **KEVIN)]
    assert commit(tmp_path / "d", {A: twice}) == {A: 2}
    assert commit(tmp_path / "d", {B: twice}) == {B: 0}
    assert commit(tmp_path / "d", {C: [*twice, telling(0, text="1", **KEVIN)]}) == {C: 1}
    assert texts(tmp_path / "d") == ["1", "1", "1"]


def test_a_card_that_exporters_word_and_call_differently_is_one_message(tmp_path):
    words = [("solitaire", "#接龙\n1. 凯文"), ("other", None), ("solitaire", None)]
    said = {
        source: [telling(0, kind=kind, text=text, **KEVIN)]
        for source, (kind, text) in zip((A, B, C), words, strict=True)
    }
    for number, order in enumerate(itertools.permutations(said)):
        for source in order:
            commit(tmp_path / str(number), {source: said[source]})
        (row,) = messages(tmp_path / str(number))[0]
        assert (row["kind"], row["text"]) == ("solitaire", "#接龙\n1. 凯文")


def test_two_cards_in_one_second_stay_two_and_a_picture_is_no_card(tmp_path):
    cards = [telling(0, kind="link", text=text, **KEVIN) for text in ("一", "二")] + [
        telling(0, kind="image", text="", **KEVIN)
    ]
    commit(tmp_path / "d", {A: cards})
    commit(
        tmp_path / "d", {B: [telling(0, kind="link", text=None, **KEVIN), telling(0, kind="image", text="", **KEVIN)]}
    )
    assert sorted(texts(tmp_path / "d")) == ["", "一", "二"]


def test_a_pat_is_one_whether_or_not_the_export_says_who_patted(tmp_path):
    commit(tmp_path / "d", {A: [telling(0, kind="pat", **KEVIN)], B: [telling(0, kind="pat")]})
    assert len(texts(tmp_path / "d")) == 1


def test_a_native_id_is_matched_exactly_and_in_the_spelling_of_a_float(tmp_path):
    # 2755705033944784198 printed by JavaScript is 2755705033944784400; 2755705033944784199 has the same float and is another message
    exact = [telling(0, native_id="2755705033944784198", text="早", **KEVIN)]
    assert commit(tmp_path / "d", {A: exact}) == {A: 1}
    assert commit(tmp_path / "d", {B: [telling(0, native_id="2755705033944784400", text="早 ", **KEVIN)]}) == {B: 0}
    assert [row["message_id"] for row in messages(tmp_path / "d")[0]] == ["2755705033944784198"]
    other = [telling(0, native_id="2755705033944784199", text="晚", **KEVIN)]
    commit(tmp_path / "e", {A: exact, C: other})
    assert texts(tmp_path / "e") == ["早", "晚"]


def test_ids_that_are_no_numbers_are_matched_as_they_are(tmp_path):
    commit(tmp_path / "d", {A: [telling(0, native_id="CAQQ_1", **KEVIN)], B: [telling(0, native_id="CAQQ_1", **KEVIN)]})
    assert len(texts(tmp_path / "d")) == 1


def test_a_richer_export_fills_in_what_a_poorer_one_left_out(tmp_path):
    poor = telling(5, text="有", kind="quote", **NAMED)
    rich = telling(
        5, text="有", kind="quote", native_id="12345678901234567", quote_id="99", mention_ids=["w9"], **KEVIN
    )
    for number, order in enumerate(([A, B], [B, A])):
        for source in order:
            commit(tmp_path / str(number), {source: [{A: poor, B: rich}[source]]})
        (row,) = messages(tmp_path / str(number))[0]
        assert (row["group_id"], row["sender_id"], row["message_id"]) == ("g1", "wxid_kevin", "12345678901234567")
        assert (row["reply_to"], row["reply_how"], row["mention_ids"]) == ("99", "id", ["w9"])


def test_a_group_name_is_linked_only_while_it_belongs_to_one_id(tmp_path):
    commit(tmp_path / "d", {A: [telling(0, **NAMED)]})
    assert messages(tmp_path / "d")[0][0]["group_id"] == "name:徒步"
    commit(tmp_path / "d", {B: [telling(60, **KEVIN)]})
    assert {row["group_id"] for row in messages(tmp_path / "d")[0]} == {"g1"}
    commit(tmp_path / "d", {C: [telling(120, **{**KEVIN, "group_id": "g2"})]})
    assert {row["group_id"] for row in messages(tmp_path / "d")[0]} == {"g1", "g2", "name:徒步"}


def test_groups_of_one_name_on_two_platforms_stay_two(tmp_path):
    """… and a name is linked to an id of its own platform only."""
    qq = telling(0, group_id=None, platform="qq", **KEVIN)
    wechat = telling(0, group_id=None, **KEVIN)
    with_id = telling(5, **KEVIN)
    for number, order in enumerate(([A, B], [B, A])):
        for source in order:
            commit(tmp_path / str(number), {source: {A: [qq], B: [wechat]}[source]})
        assert [row["group_id"] for row in messages(tmp_path / str(number))[0]] == [
            "name:徒步 (qq)",
            "name:徒步 (wechat)",
        ]
        commit(tmp_path / str(number), {C: [with_id]})
        assert [row["group_id"] for row in messages(tmp_path / str(number))[0]] == ["g1", "g1", "name:徒步 (qq)"]


def test_the_owner_is_who_other_exports_call_their_own(tmp_path):
    own = telling(0, text="早", sender_id="wxid_kevin", from_me=True)
    cut = telling(0, text="早", sender_id="me", from_me=True)
    notice = telling(
        9, kind="system", text='你邀请"小刘"加入了群聊', event="invited", actor_id="me", target_ids=["name:小刘"]
    )
    other = telling(60, text="我的", sender_id="wxid_liu", from_me=True)
    for number, order in enumerate(([A, B], [B, A])):
        dataset = tmp_path / str(number)
        for source in order:
            commit(dataset, {source: {A: [own], B: [cut, notice]}[source]})
        assert [(row["sender_id"], row["actor_id"]) for row in messages(dataset)[0]] == [
            ("wxid_kevin", None),
            (None, "wxid_kevin"),
        ]
        commit(dataset, {C: [other]})  # a second phone: now nobody knows whose the first export was
        assert [(row["sender_id"], row["actor_id"]) for row in messages(dataset)[0]] == [
            ("me", None),
            ("wxid_kevin", None),
            (None, "me"),
            ("wxid_liu", None),
        ]


def test_two_members_of_one_name_stay_two_where_ids_tell(tmp_path):
    twins = [telling(0, sender_id="w1", sender_name="小王"), telling(1, sender_id="w2", sender_name="小王")]
    commit(tmp_path / "d", {A: twins, B: [telling(2, sender_name="小王")]})
    assert [row["sender_id"] for row in messages(tmp_path / "d")[0]] == ["w1", "w2", "name:小王"]


def test_a_file_safe_name_is_the_same_name(tmp_path):
    commit(
        tmp_path / "d", {A: [telling(0, sender_id="w1", sender_name="新人:甲")], B: [telling(9, sender_name="新人_甲")]}
    )
    assert {row["sender_id"] for row in messages(tmp_path / "d")[0]} == {"w1"}


def test_names_in_notices_and_mentions_become_ids_when_the_dataset_knows_them(tmp_path):
    notice = telling(3, kind="system", event="invited", text="…", actor_id="name:凯文", target_ids=["name:小刘", None])
    mention = telling(4, sender_id="w7", mention_ids=["name:小刘", "notify@all"])
    people = [telling(0, **KEVIN), telling(1, sender_id="wxid_liu", sender_name="小刘")]
    commit(tmp_path / "d", {A: [notice, mention]})
    commit(tmp_path / "d", {B: people})
    rows = messages(tmp_path / "d")[0]
    assert (rows[2]["actor_id"], rows[2]["target_ids"]) == ("wxid_kevin", ["wxid_liu", None])
    assert rows[3]["mention_ids"] == ["wxid_liu", "notify@all"]


def test_a_member_list_links_a_group_nickname(tmp_path):
    member = {"group_id": "g1", "member_id": "wxid_liu", "group_nickname": "刘总", "complete": False, "source": B}
    commit(tmp_path / "d", {A: [telling(0, sender_name="刘总")]}, [member])
    assert messages(tmp_path / "d")[0][0]["sender_id"] == "wxid_liu"


def test_a_contact_list_names_ids_in_every_group_that_knows_them(tmp_path):
    """… and nobody else; whether it comes before or after."""
    liu = {"group_id": ANY_GROUP, "member_id": "wxid_liu", "nickname": "小刘", "complete": False, "source": C}
    stranger = {**liu, "member_id": "wxid_far", "nickname": "远"}
    said = {
        A: [telling(0, sender_id="wxid_liu"), telling(1, sender_name="小刘"), telling(2, sender_name="远")],
        B: [telling(0, group_id="g2", sender_name="小刘")],
    }
    commit(tmp_path / "after", said)
    commit(tmp_path / "after", {}, [liu, stranger])
    commit(tmp_path / "before", {}, [liu, stranger])
    commit(tmp_path / "before", said)
    rows, fingerprint = messages(tmp_path / "after")
    assert [(row["group_id"], row["sender_id"]) for row in rows] == [
        ("g1", "wxid_liu"),
        ("g1", "wxid_liu"),
        ("g1", "name:远"),
        ("g2", "name:小刘"),
    ]
    assert messages(tmp_path / "before") == (rows, fingerprint)
    listed = [(row["group_id"], row["member_id"], row["nickname"]) for row in members(tmp_path / "after")]
    assert listed == [("g1", "wxid_liu", "小刘")]


def test_a_quote_finds_its_message_by_time_by_words_and_over_the_turn_of_a_month(tmp_path):
    first = telling(0, text="本周\n路线", native_id="11111111111111111", **KEVIN)  # 23:59:50 on 30 November
    by_words = telling(20, kind="quote", text="好", sender_id="w2", quote_text="本周 路线", quote_sender="凯文")
    by_time = telling(
        30, kind="quote", text="行", sender_id="w2", quote_time=first["sent_at"], quote_sender="wxid_kevin"
    )
    nowhere = telling(40, kind="quote", text="?", sender_id="w2", quote_text="没有这句", quote_sender="凯文")
    someone = telling(50, kind="quote", text="嗯", sender_id="w2", quote_text="本周 路线", quote_sender="w2")
    commit(tmp_path / "d", {A: [by_words, by_time, nowhere, someone]})
    assert {row["reply_how"] for row in messages(tmp_path / "d")[0]} == {"unknown"}
    commit(tmp_path / "d", {B: [first]})  # an older month arrives later
    assert [(row["reply_to"], row["reply_how"]) for row in messages(tmp_path / "d")[0]] == [
        (None, None),
        ("11111111111111111", "text"),
        ("11111111111111111", "time"),
        (None, "unknown"),
        (None, "unknown"),
    ]


def test_who_is_known_to_post_changes_what_older_quotes_mean_in_any_order(tmp_path):
    said = telling(0, text="好的", sender_id="w2", sender_name="乙")
    quote = telling(9, kind="quote", text="?", sender_id="w3", sender_name="丙", quote_text="好的", quote_sender="甲")
    later = telling(40 * 86400, text="大家好", sender_id="w1", sender_name="甲")
    for name, order in (("ab", (A, B)), ("ba", (B, A))):
        for source in order:
            commit(tmp_path / name, {source: {A: [said, quote], B: [later]}[source]})
    assert messages(tmp_path / "ab") == messages(tmp_path / "ba")
    assert messages(tmp_path / "ab")[0][1]["reply_how"] == "unknown"  # 甲 posts here, and never said so


def test_seq_counts_the_messages_of_one_instant(tmp_path):
    rows = [telling(0, text=text, **KEVIN) for text in "一二三"] + [telling(1, text="四", **KEVIN)]
    commit(tmp_path / "d", {A: rows})
    assert [(row["text"], row["seq"]) for row in messages(tmp_path / "d")[0]] == [
        ("一", 0),
        ("二", 1),
        ("三", 2),
        ("四", 0),
    ]


def test_times_to_the_minute_meet_finer_ones(tmp_path):
    """A minute holds as many equal messages as the export that has the most of them; the finer times win."""
    fine = [telling(second, text=text, **KEVIN) for second, text in ((10, "1"), (50, "1"), (50, "2"), (70, "1"))]
    minute = [telling(10, text="1", time_quality="minute", **KEVIN) for _ in range(3)]
    for number, order in enumerate(([A, B], [B, A])):
        dataset = tmp_path / str(number)
        for source in order:
            commit(dataset, {source: {A: fine, B: minute}[source]})
        rows = messages(dataset)[0]
        assert [((row["sent_at"] - START).seconds, row["text"], row["time_quality"]) for row in rows] == [
            (10, "1", "exact"),
            (10, "1", "minute"),
            (50, "1", "exact"),
            (50, "2", "exact"),
            (70, "1", "exact"),
        ]


def test_days_alone_count_where_nothing_finer_is_known(tmp_path):
    """START is 10 seconds before the last midnight of November: a message of 30 November, then one of 1 December."""
    fine = telling(20, text="早", **KEVIN)
    daily = telling(20, text="早", time_quality="day", **KEVIN)
    assert commit_built(tmp_path / "told", {A: [fine], B: [daily]}).seams.left_out == 0
    assert texts(tmp_path / "told") == ["早"]
    days = [telling(second, text="早上好", time_quality="day", **KEVIN) for second in (0, 20)]
    for number, order in enumerate(([A, B], [B, A])):
        for source in order:
            seams = commit_built(tmp_path / str(number), {source: {A: [fine], B: days}[source]}).seams
        assert (seams.days, seams.left_out) == (1, 1)  # 早上好 of 1 December, which no finer export has
        rows = messages(tmp_path / str(number))[0]
        assert [(row["local_time"].day, row["text"], row["time_quality"]) for row in rows] == [
            (30, "早上好", "day"),
            (1, "早", "exact"),
        ]


def test_what_times_to_the_minute_say_besides_fills_in(tmp_path):
    fine = telling(13, text="早", native_id="11111111111111111", **KEVIN)
    minute = telling(10, text="早", time_quality="minute", sender_name="凯文", from_me=True)
    commit(tmp_path / "d", {A: [fine], B: [minute]})
    (row,) = messages(tmp_path / "d")[0]
    assert (row["message_id"], row["from_me"], row["sent_at"]) == ("11111111111111111", True, fine["sent_at"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 130), st.sampled_from("12")), max_size=12))
def test_a_whole_export_to_the_minute_adds_nothing_to_a_finer_one(tmp_path_factory, chat):
    fine = [telling(second, text=text, **KEVIN) for second, text in sorted(chat)]
    minute = [telling(_minute(second), text=text, time_quality="minute", **KEVIN) for second, text in sorted(chat)]
    alone, both = (tmp_path_factory.mktemp("minutes") / "d" for _ in range(2))
    commit(alone, {A: [*fine, telling(999, **KEVIN)]})
    commit(
        both, {B: [*minute, telling(_minute(999), time_quality="minute", **KEVIN)], A: [*fine, telling(999, **KEVIN)]}
    )
    assert messages(both) == messages(alone)


def _minute(second):
    """The begin of the minute, in seconds after START, which is ten before a minute."""
    return (second + 50) // 60 * 60 - 50


# -- properties ----------------------------------------------------------------------------------------------------
WHO = {"w1": "凯文", "w2": "小刘"}
chats = st.lists(
    st.tuples(st.integers(0, 14), st.sampled_from(sorted(WHO)), st.sampled_from(["1", "好", ""])), max_size=10
)
exports = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 14), st.sampled_from(["full", "ids", "names", "rounded", "minutes"])),
    min_size=1,
    max_size=3,
)


def told(chat, first, last, how):
    """What an exporter of the kind `how` makes of the seconds from `first` to `last` of a chat."""
    rows = []
    for number, (second, who, text) in enumerate(sorted(chat, key=lambda one: one[0])):
        if first <= second <= last:
            person = {"sender_id": who, "sender_name": WHO[who]}
            native = str(2755705033944784198 + number * 1000)
            if how == "names":
                rows.append(telling(second, text=text, group_id=None, sender_name=WHO[who]))
            elif how == "ids":
                rows.append(telling(second, text=text, **person))
            elif how == "minutes":
                rows.append(telling(_minute(second), text=text, time_quality="minute", **person))
            elif how == "full":
                rows.append(telling(second, text=text, native_id=native, **person))
            else:
                rows.append(
                    telling(
                        second, text=text, native_id=str(int(Decimal(repr(float(native))))), **person
                    )  # as JavaScript prints it
                )
    return rows


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chats, exports, st.permutations(range(3)), st.randoms())
def test_any_order_grouping_and_repetition_gives_the_same_table(tmp_path_factory, chat, cuts, order, random):
    know = [telling(900, sender_id=who, sender_name=name, text="在") for who, name in WHO.items()]
    sources = {letter * 16: told(chat, *sorted(cut[:2]), cut[2]) for letter, cut in zip("abc", cuts, strict=False)}
    sources = {source: rows for source, rows in sources.items() if rows} | {"k" * 16: know}
    names = list(sources)
    one, other = (tmp_path_factory.mktemp("order") / "d" for _ in range(2))
    commit(one, sources)
    for place in [*order, 3, *order]:
        if place < len(names):
            commit(other, {names[place]: sources[names[place]]})
    for name in names:
        if random.random() < 0.3:
            commit(other, {name: sources[name]})
    assert messages(one) == messages(other)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(chats, exports)
def test_overlapping_exports_say_exactly_what_one_export_of_it_all_says(tmp_path_factory, chat, cuts):
    know = [telling(900, sender_id=who, sender_name=name, text="在") for who, name in WHO.items()]
    spans = [sorted(cut[:2]) for cut in cuts]
    covered = [one for one in chat if any(first <= one[0] <= last for first, last in spans)]
    dataset = tmp_path_factory.mktemp("union") / "d"
    for letter, (first, last), cut in zip("abc", spans, cuts, strict=False):
        how = "ids" if cut[2] == "minutes" else cut[2]  # a cut through a minute loses what is said twice in it
        if rows := told(chat, first, last, how):
            commit(dataset, {letter * 16: rows})
    commit(dataset, {"k" * 16: know})
    found = sorted((row["sent_at"], row["sender_id"], row["text"]) for row in messages(dataset)[0])
    wanted = sorted((telling(s)["sent_at"], who, text) for s, who, text in covered)
    assert found[: len(found) - 2] == wanted


@pytest.mark.parametrize("order", list(itertools.permutations([A, B, C])))
def test_where_tellings_disagree_the_smallest_source_wins_in_any_order(tmp_path, order):
    said = {source: [telling(0, native_id="7", sender_id="w1", sender_name=source[0])] for source in (A, B, C)}
    for source in order:
        commit(tmp_path / "d", {source: said[source]})
    (row,) = messages(tmp_path / "d")[0]
    assert (row["sender_name"], row["source"]) == ("a", A)


def test_a_notice_is_one_however_the_phones_word_it_and_two_are_two(tmp_path):
    told = {"kind": "system", "event": "invited"}
    mine = telling(
        0, **told, text='你邀请"小刘"加入了群聊', actor_id="me", target_ids=["name:小刘"], target_names=["小刘"]
    )
    theirs = mine | {"text": '"小满"邀请"小刘"加入了群聊', "actor_id": "name:小满", "actor_name": "小满"}
    another = theirs | {"text": '"小满"邀请"大熊"加入了群聊', "target_ids": ["name:大熊"], "target_names": ["大熊"]}
    left = telling(0, kind="system", event="left", text='"小刘"退出了群聊', actor_id="name:小刘", actor_name="小刘")
    other = telling(0, kind="system", event="other", text="以上是打招呼的内容")
    commit(tmp_path / "d", {B: [mine, another, left], A: [another, theirs, other]})
    rows = messages(tmp_path / "d")[0]
    assert sorted((row["event"], row["target_names"]) for row in rows if row["target_names"]) == [
        ("invited", ["大熊"]),
        ("invited", ["小刘"]),
    ]
    assert sorted(row["event"] for row in rows) == ["invited", "invited", "left", "other"]


def test_a_file_saved_with_other_line_ends_adds_nothing(tmp_path):
    commit(tmp_path / "d", {A: [telling(0, text="一\n二", **KEVIN)], B: [telling(0, text="一\r\n二", **KEVIN)]})
    assert len(texts(tmp_path / "d")) == 1


def test_fractions_of_a_second_meet_whole_seconds_and_two_of_one_second_stay_two(tmp_path):
    fine = [telling(0.25, text="1", **KEVIN), telling(0.75, text="1", **KEVIN), telling(1.5, text="2", **KEVIN)]
    whole = [telling(0, text="1", **KEVIN), telling(0, text="1", **KEVIN), telling(1, text="2", **KEVIN)]
    tables = set()
    for number, order in enumerate(([A, B], [B, A])):
        for source in order:
            commit(tmp_path / str(number), {source: {A: fine, B: whole}[source]})
        tables.add(messages(tmp_path / str(number))[1])
        assert texts(tmp_path / str(number)) == ["1", "1", "2"]
    assert len(tables) == 1


def test_an_id_on_both_sides_of_a_month_s_end_is_one_message_of_the_later_month(tmp_path):
    """START is ten seconds before December. One export's clock is ten seconds behind; a third knows the group by name only."""
    early = telling(5, native_id="1" * 18, text="早", **NAMED)
    late = telling(15, native_id="1" * 18, text="", quote_id="7", **KEVIN)
    far = telling(5 - 2 * 86400, native_id="2" * 18, **KEVIN)  # no clock is off by two days: this id is no message's
    said = {A: [early], B: [late, telling(40, native_id="2" * 18, **KEVIN)], C: [far]}
    for number, order in enumerate(itertools.permutations(said)):
        assert sum(commit(tmp_path / str(number), {source: said[source]})[source] for source in order) >= 3
        assert messages(tmp_path / str(number)) == messages(tmp_path / "0")
    rows = [row for row in messages(tmp_path / "0")[0] if row["message_id"] == "1" * 18]
    assert [(row["sent_at"], row["text"], row["reply_to"], row["sender_id"]) for row in rows] == [
        (late["sent_at"], "早", "7", "wxid_kevin")
    ]
    with store.writing(tmp_path / "0", "Asia/Shanghai", 0) as staging:  # the later telling is taken back
        nobody = build.OBSERVED_MEMBERS.empty_table()
        built = build.build(staging, {}, nobody, [], "384MB", 1, revision=revision.without([B]))
        store.commit(staging, {"sources": [], "fingerprint": built.fingerprint}, built.dropped)
    commit(tmp_path / "without", {A: said[A], C: said[C]})
    assert messages(tmp_path / "0") == messages(tmp_path / "without")
    assert early["sent_at"] in [row["sent_at"] for row in messages(tmp_path / "0")[0]]


def test_numbers_of_rows_are_no_ids(tmp_path):
    """Two exports number their rows from 1, a week apart; a third gives every row one number; a fourth of the same day has other words."""
    week = 7 * 86400
    said = {
        A: [telling(at, native_id=str(at + 1), text=f"一{at}", **KEVIN) for at in range(3)],
        B: [telling(week + at, native_id=str(at + 1), text=f"二{at}", **KEVIN) for at in range(3)],
        C: [telling(2 * week + at, native_id="0", text=f"三{at}", **KEVIN) for at in range(3)],
        D: [telling(600 + at, native_id=str(at + 1), text=f"四{at}", **KEVIN) for at in range(3)],
    }
    for number, order in enumerate(([A, B, C, D], [D, C, B, A])):
        assert [commit(tmp_path / str(number), {source: said[source]})[source] for source in order] == [3, 3, 3, 3]
        rows = messages(tmp_path / str(number))[0]
        assert sorted(row["text"] for row in rows) == sorted(f"{who}{at}" for who in "一二三四" for at in range(3))
        assert len({row["message_id"] for row in rows}) == 12
    assert messages(tmp_path / "0")[1] == messages(tmp_path / "1")[1]


DAY = 86400
LATER = 3 * DAY
"""Where exports that `begun` made have begun long before."""


def begun(source, *rows):
    """The rows of an export that begins days earlier with a message of its own: none of them is where an export begins."""
    return [telling(DAY + ord(source[0]) * 600, text=source[0], **KEVIN), *rows]


def later(*sources):
    """The texts, from `LATER` on, of a dataset of these rows by source."""
    with TemporaryDirectory() as folder:
        dataset = Path(folder) / "d"
        commit(dataset, {source: begun(source, *rows) for source, rows in zip((A, B), sources, strict=True)})
        return [row["text"] for row in messages(dataset)[0] if row["sent_at"] >= START + timedelta(seconds=LATER)]


def test_an_id_finds_its_message_where_nothing_else_is_near():
    rows = [telling(LATER + n * 300, native_id=str(10**17 + n), text=str(n), **KEVIN) for n in range(60)]
    slow = [row | {"sent_at": row["sent_at"] + timedelta(seconds=int(n == 30))} for n, row in enumerate(rows)]
    assert later(rows, slow) == [str(n) for n in range(60)]


def test_an_id_that_returns_days_later_is_none():
    first, again = (telling(LATER + day * DAY, native_id="7", **KEVIN) for day in (0, 3))
    assert later([first], [again]) == ["hi", "hi"]


def test_an_id_with_other_words_minutes_later_is_none():
    first, other = (telling(LATER + second, native_id="7", text=str(second), **KEVIN) for second in (0, 600))
    assert later([first], [other]) == ["0", "600"]
    soon = telling(LATER + 30, native_id="7", text="30", **KEVIN)
    assert later([first], [soon]) == ["0"]


def test_a_minute_finds_its_second_where_nothing_else_is_near():
    exact, minute = telling(LATER + 40, **KEVIN), telling(LATER + 10, time_quality="minute", **KEVIN)
    assert later([exact], [minute]) == ["hi"]


def test_a_day_is_left_out_beside_finer_times_where_nothing_else_is_near():
    exact, day = telling(LATER + 5000, **KEVIN), telling(LATER + 10, text="hi there", time_quality="day", **KEVIN)
    assert later([exact], [day]) == ["hi"]


def test_one_telling_by_two_exports_is_unsure_where_one_ends_and_the_other_begins(tmp_path):
    """Without ids: what the first says last and the second says first may be two that are told alike."""
    same = telling(LATER, **NAMED)
    first, second = [telling(0, text="早", **NAMED), same], [same, telling(LATER + 900, text="晚", **NAMED)]
    seams = commit_built(tmp_path / "d", {A: first, B: second}).seams
    assert (seams.count, seams.ambiguous) == (1, 1)
    assert texts(tmp_path / "d") == ["早", "hi", "晚"]


def test_an_id_is_one_message_on_clocks_hours_apart(tmp_path):
    """The same words: a slip of a clock, not numbers of rows."""
    commit(
        tmp_path, {A: [telling(0, native_id="1" * 18, **KEVIN)], B: [telling(8 * 3600, native_id="1" * 18, **KEVIN)]}
    )
    assert len(messages(tmp_path)[0]) == 1
