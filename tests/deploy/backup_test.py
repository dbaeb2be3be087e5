"""Backups are only worth what restoring them gives, so both really happen here, in SQLite and in PostgreSQL."""

import os
import re
import stat

import pytest

from tests.deploy.stores import SqliteStore, contents, fill, operate


@pytest.fixture
def store(new_store):
    """A store with three rows in every table."""
    made = new_store()
    fill(made, rows=3)
    return made


@pytest.fixture
def backups(tmp_path):
    """The folder they go to; nothing is there yet."""
    return tmp_path / "backups"


def back_up(store, backups, *arguments):
    """The new backup."""
    before = set(backups.glob("zhuchuang-*Z.*"))
    done = operate("backup.sh", "--to", backups, *arguments, environment=store.environment)
    assert done.returncode == 0, done.stderr
    (backup,) = [path for path in set(backups.glob("zhuchuang-*Z.*")) - before if path.suffix == store.ending]
    return backup


def test_what_was_backed_up_comes_back_in_another_store(store, new_store, backups):
    """To the last character, and by the tables' own account; a machine that burnt down is replaced by another."""
    backup = back_up(store, backups)
    other = new_store()

    done = operate("restore.sh", backup, environment=other.environment)

    assert done.returncode == 0, done.stderr
    assert "rows verified" in done.stdout
    assert contents(other) == {**contents(store), "processes": []}  # nobody serves on it yet
    assert other.ask("SELECT version_num FROM alembic_version") == store.ask("SELECT version_num FROM alembic_version")


def test_a_backup_says_how_many_rows_it_holds(store, backups):
    """An operator sees at a glance that it is not empty; a later restore compares."""
    backup = back_up(store, backups)

    manifest = backup.with_name(f"{backup.name}.manifest").read_text("utf-8")
    assert re.search(r"^sha256 [0-9a-f]{64}$", manifest, re.MULTILINE)
    assert [line for line in manifest.splitlines() if line.startswith("rows ")] == [
        "rows alembic_version 1",
        *(f"rows {table} 3" for table in sorted(contents(store))),
    ]


def test_a_backup_is_made_while_the_program_serves(store, backups):
    """Nobody stops answering people every night."""
    with store.served():
        assert back_up(store, backups).stat().st_size > 0


def test_only_the_owner_reads_a_backup(store, backups):
    """It holds what disabled people wrote."""
    back_up(store, backups)

    assert {stat.S_IMODE(path.stat().st_mode) for path in backups.iterdir()} == {0o600}
    assert stat.S_IMODE(backups.stat().st_mode) == 0o700


def test_only_the_newest_stay(store, backups):
    """A full disk stops everything; whoever was forgotten is gone from backups too after N of them. What else lies there is not ours."""
    backups.mkdir()
    for day in (1, 2, 3):
        for ending in (store.ending, f"{store.ending}.manifest"):
            (backups / f"zhuchuang-2026010{day}T000000Z{ending}").touch()
    (backups / "notes.txt").touch()

    newest = back_up(store, backups, "--keep", "2")

    kept = f"zhuchuang-20260103T000000Z{store.ending}"
    assert {path.name for path in backups.iterdir()} == {"notes.txt", kept, f"{kept}.manifest", newest.name, f"{newest.name}.manifest"}


def test_a_store_that_holds_something_is_not_overwritten(store, backups):
    """The wrong terminal is quickly typed into."""
    backup = back_up(store, backups)
    store.run("DELETE FROM unanswered WHERE count = 0")

    done = operate("restore.sh", backup, environment=store.environment)

    assert done.returncode == 3
    assert "--force" in done.stderr
    assert store.ask("SELECT count(*) FROM unanswered") == "2"


def test_with_force_it_is_overwritten_and_what_was_there_is_kept(store, new_store, backups):
    """Even a wrong --force can be taken back. Tables that only a newer version had go, or its migration could not run again."""
    backup = back_up(store, backups)
    before = contents(store)
    store.run("DELETE FROM unanswered WHERE count = 0; CREATE TABLE of_a_newer_version (id INTEGER)")

    done = operate("restore.sh", backup, "--force", environment=store.environment)

    assert done.returncode == 0, done.stderr
    assert contents(store) == {**before, "processes": []}
    store.run("CREATE TABLE of_a_newer_version (id INTEGER)")
    (kept,) = backups.glob(f"before-restore-*{store.ending}")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    other = new_store()
    assert operate("restore.sh", kept, environment=other.environment).returncode == 0
    assert other.ask("SELECT count(*) FROM unanswered") == "2"


def test_a_store_in_use_is_not_overwritten_even_with_force(store, backups):
    """The process would write its old pages into the new file."""
    backup = back_up(store, backups)

    with store.served():
        done = operate("restore.sh", backup, "--force", environment=store.environment)

    assert done.returncode == 3
    assert "in use" in done.stderr


@pytest.mark.parametrize("manifest", ["there", "lost"])
def test_a_damaged_backup_costs_nothing(store, backups, manifest):
    """Found before the store is touched, with the checksum and without."""
    backup = back_up(store, backups)
    store.damage(backup)
    if manifest == "lost":
        backup.with_name(f"{backup.name}.manifest").unlink()

    done = operate("restore.sh", backup, "--force", environment=store.environment)

    assert done.returncode == 1
    assert str(backup) in done.stderr
    assert store.ask("SELECT count(*) FROM sessions") == "3"


def test_a_backup_can_be_looked_into_without_restoring(store, backups):
    """Once a month somebody should, and production is no place for it."""
    backup = back_up(store, backups)

    with store.served():
        done = operate("restore.sh", backup, "--check", environment=store.environment)

    assert done.returncode == 0
    assert "sessions 3" in done.stdout


def test_something_else_is_no_backup(store, new_store, backups):
    """A database of another program has no place here."""
    other = new_store()
    other.run("CREATE TABLE notes (id INTEGER)")
    backup = back_up(other, backups)

    done = operate("restore.sh", backup, "--force", environment=store.environment)

    assert done.returncode == 1
    assert "alembic_version" in done.stderr


def test_an_empty_store_is_no_backup(new_store, backups):
    """Thirty nights of nothing would push out the last good one."""
    done = operate("backup.sh", "--to", backups, environment=new_store().environment)

    assert done.returncode != 0
    assert not list(backups.glob("*"))


def test_a_restored_file_belongs_to_the_owner_of_its_folder(tmp_path, backups):
    """Root restores, the service has to read it. Without root there is only one owner here."""
    store, other = SqliteStore(tmp_path / "old"), SqliteStore(tmp_path / "new")
    for made in (store, other):
        made.folder.mkdir()
    fill(store, rows=1)
    backup = back_up(store, backups)
    owner = 4321 if os.getuid() == 0 else os.getuid()
    os.chown(other.folder, owner, -1)

    done = operate("restore.sh", backup, environment=other.environment)

    assert done.returncode == 0, done.stderr
    assert other.file.stat().st_uid == owner
    assert stat.S_IMODE(other.file.stat().st_mode) == 0o600


def test_the_address_may_come_from_a_file(store, backups, tmp_path):
    """As containers hand over secrets; SQLite may be named so as well."""
    url = store.environment.get("ZHUCHUANG_DATABASE_URL") or f"sqlite:///{store.file}"
    (tmp_path / "url").write_text(f"{url}\n", "utf-8")

    done = operate("backup.sh", "--to", backups, environment={"ZHUCHUANG_DATABASE_URL_FILE": str(tmp_path / "url")})

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        ([], {"ZHUCHUANG_DATABASE_URL": "mysql://a:secret@b/c"}, "ZHUCHUANG_DATABASE_URL is neither"),
        ([], {"ZHUCHUANG_DATABASE_URL": "postgresql://a:secret@b"}, "not of the form"),
        ([], {"ZHUCHUANG_DATABASE_URL": "postgresql://a:secret@b/c?pool=3"}, "pool after the ?"),
        ([], {"ZHUCHUANG_DATABASE_URL": "x", "ZHUCHUANG_DATABASE_URL_FILE": "y"}, "not both"),
        ([], {"ZHUCHUANG_DATABASE_URL_FILE": "nowhere"}, "cannot read nowhere"),
        ([], {"ZHUCHUANG_DATA": "nowhere"}, "nowhere/zhuchuang.db does not exist"),
        (["--keep", "some"], {}, "--keep takes a number"),
        (["--keep"], {}, "--keep needs a value"),
        (["--all"], {}, "unknown argument --all"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(backups, arguments, environment, says):
    """Exit code 2 as with the program itself; no password in the message."""
    done = operate("backup.sh", "--to", backups, *arguments, environment=environment)

    assert done.returncode == 2
    assert says in done.stderr
    assert "secret" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [([], "which backup?"), (["nowhere.db"], "cannot read nowhere.db"), (["--yes"], "unknown option --yes"), ([__file__], "end in .db")],
)
def test_a_wrong_restore_is_told_in_one_line(tmp_path, arguments, says):
    """So is a wrong backup."""
    done = operate("restore.sh", *arguments, environment={"ZHUCHUANG_DATA": str(tmp_path)})

    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
