"""The one error that is meant for a person.

Fault               a sentence: what is wrong, where, and what to do
├── SettingsFault   bot/toml_file.py    settings, policy or directory that cannot be used
├── DatabaseFault   retrieval/database.py   the database is away, too old, half-migrated or newer
│   └── NewerFault  admin/schema.py     the tables are those of a newer Naru
├── LedgerFault     retrieval/erasures.py   a ledger of erasures that is damaged or of another database
├── BackupFault     admin/backup/       a backup that cannot be made, read or restored
├── SourceFault     retrieval/sources/  a source that cannot be listed; nothing of it is deleted
│   └── ApiFault    retrieval/sources/api.py    a web API that gives no whole answer
├── FetchFault      retrieval/fetch.py  an address that was not fetched: refused, away, too big
├── PushFault       retrieval/intake.py     a push that asks for what is surely not meant
├── KiwiFault       retrieval/kiwi.py   the extra `kiwi` is wanted and not installed
├── CancelledFault  retrieval/runs.py   somebody stopped a source's run; what was done stays
├── UnreadableFault retrieval/parse/    one document that cannot be read; its last good version stays
├── SandboxFault    retrieval/parse/workers.py  the processes that read documents do not start
├── QuestionFault   bot/domain.py       a question that cannot be taken: empty, too long, of nobody
├── WeightsFault    bot/policy/detect/learned.py    weights that are damaged: nothing is judged without them
├── PermitFault     bot/policy/permit.py    something that no Decision covers was stopped at the door
├── JobFault        admin/jobs.py       why a job ended, without the error beneath
├── ModelFault      bot/models/         a model that did not answer; the next route is tried
├── ProbeFault      bot/models/probe.py a model's server that cannot be asked what it offers
├── InboxFault      bot/inbox.py        an event that could not be kept: Slack is not acked
├── SlackFault      bot/slack/faults.py     a call to Slack failed
├── OpenedFault     bot/slack/answering.py  a room got people from outside while it was answered: it is answered anew
└── UnsureFault     bot/slack/fetched.py    Slack does not say who may read: nobody may
"""


class Fault(Exception):
    """Something a person can act on. `str()` is one sentence for that person: never a document's text, never a
    question's, never a secret. again: it passes by itself, so the same may work a little later."""

    again: bool = False
