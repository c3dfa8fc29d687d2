"""Words of the formats, one a line: what a random change may put anywhere."""

from __future__ import annotations

_CHAT = """wxid_jia
58192034417@chatroom
甲
我
系统消息
@所有人\u2005
[图片]
「甲：早」
- - - - - - - - - - - - - - -
"甲"邀请"乙"加入了群聊
撤回了一条消息
<msg><appmsg><type>57</type><refermsg></refermsg></appmsg></msg>
"""
_TIMES = """2024-12-01 08:00:00
2024-12-01 08:00
2024/12/1 8:00
2024年12月1日 上午8:00
12/1/24, 8:00 PM
1733011200
1733011200123
1998-12-31 23:59:59
2100-01-01 00:00:00
2024-12-01T08:00:00+08:00
下午
AM
星期一
"""

WORDS = {
    "text": _CHAT + _TIMES + """消息记录（此消息记录为文本格式，不支持重新导入）
================================================================
消息分组:我的群聊
消息对象:周三读书会
日期: 2024-12-01
(10005)
<a@b.cn>
————— 2024-12-01 —————
[12/1/24, 08:00:00]
Content-Type: text/plain; charset=gbk
Content-Transfer-Encoding: base64
Content-Transfer-Encoding: quoted-printable
=?utf-8?B?5ZGo?=
=E5=91
--boundary
[LINE] Chat history with
###
**
>
![](x.png)""",
    "csv": _CHAT + _TIMES + """,
;
\t
""
","
,"
",
\r
"\r
localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,NickName,Sender
id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime
time,sender,text
sender_id,sender_name,group,id,reply_to,kind""",
    "json": _CHAT + _TIMES + """{
}
[
]
"
\\"
\\
\\ud83d
\\ude00
\\u0000
":
,
null
true
1e400
-0
NaN
"messages":[
"meta":{
"members":[
"timestamp":
"sender":{
"content":
"type":
{"a":[{"b":{}}]}
/*
window.data =
;""",
    "html": _CHAT + _TIMES + """<div class="
</div>
<script>
</script>
<!--
-->
<p>
<br/>
&nbsp;
&#12345;
&#x110000;
&amp;lt;
<img src="data:image/png;base64,AAAA">
<table><tr><td>
</td></tr>
Content-Type: text/html; charset="utf-8"
------=_NextPart_
Content-Location:{0}.dat
=3D
var chatMessages = [
style="color:#006EFE;padding-left:10px;\"""",
    "sql": _CHAT + _TIMES + """INSERT INTO
VALUES
(
),
);
''
'
NULL
\\'
--
/*
*/
E'
0x41
;
messages""",
    "sheets": _CHAT + _TIMES + "# Sheet2\n\t\n序号\n时间\n发送者身份\n内容\n",
    "xlsx": """<row r="1048577">
<row r="1.5">
<c r="XFD1" t="s">
<c t="inlineStr"><is><t>
<v>99999999</v>
<v>-1</v>
<v>1e400</v>
<v>NaN</v>
<f t="shared" si="0" ref="A1:A9">SUM(A1)</f>
_x000D_
_xD83D_
<rPh>
t="d"
t="b"
t="e"
s="99"
<!DOCTYPE x [<!ENTITY a "b">]>
--xl/worksheets/sheet1.xml--
--xl/sharedStrings.xml--
--[Content_Types].xml--
--xl/_rels/workbook.xml.rels--
date1904="1"
numFmtId="14"
../../x
</sheetData>""",
    "archive": "PK\x01\x02\nPK\x03\x04\nPK\x05\x06\nPK\x06\x06\nPK\x06\x07\nPK\x07\x08\n\x1f\n../\n/etc/\nC:\\\n\0\0\0\0",
    "decode": "\ufeff\n甲\n👍\n中文",
    "appmsg": _CHAT + """<msg>
</msg>
<appmsg>
<type>57</type>
<type>19</type>
<title>
<recorditem><![CDATA[<recordinfo><datalist><dataitem datatype="1">
<refermsg>
<content>
&lt;msg&gt;
<createtime>99999999999999999999</createtime>
<sysmsg type="
$username$
${wxid_a}
<member><username>
<voicemsg voicelength="x"/>
<voipmsg>
{'msg':
\\N{DIGIT ONE}
xmlns:a="b"
<![CDATA[
encoding="utf-16\"""",
    "notices": """telegram
qq
whatsapp
"
“
”
、
邀请
加入了群聊
移出了群聊
通过扫描
分享的二维码
拍了拍
撤回
修改群名为
成为新群主
红包
(10005)
(wxid_a)
你
$names$
@
\u2005
#接龙
<_wc_custom_link_ href="x">
{"action":"invite"}
added
left""",
    "times": _TIMES + "上午\n午後\np.m.\n+23:59\n-00:00\nZ\n.123456789\n\u202f\n／\n１\n年\n月\n日",
    "dataset": '"schema"\n"parts"\n"bytes"\n"tz"\n"fingerprint"\n{}\n[]\nnull\n1.5\n"1"\nv000001\n../\n/etc/passwd\n\\u0000\n1e9\nInfinity',
    "config": "lang\nday_start\n[staff]\n[staff.groups.\"*\"]\nids = [\nnames = \n[bots]\n[tags]\n[map.\"*.csv\"]\ntime = \"t\"\n\"\"\"\n'''\n1979-05-27\ninf\n{}\n[[staff]]",
    "window": "2026-05-11\n2026-W53\nlast\n7d\n99999m\n3w\nT08:30\n24:00\n0000-01-01\n９",
}  # fmt: skip
WORDS["jsonl"] = WORDS["json"]
WORDS["any"] = WORDS["text"] + "\n" + WORDS["csv"] + "\n" + WORDS["json"] + "\n" + WORDS["html"] + "\n" + WORDS["sql"]
