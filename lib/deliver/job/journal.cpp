// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/journal.hpp"

#include <array>
#include <cstring>
#include <unordered_map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "deliver/job/disk_sync.hpp"
#include "deliver/job/sqlite.hpp"

namespace lhcr::deliver {
namespace {

constexpr const char* layout = R"sql(
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS source(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS item(key BLOB PRIMARY KEY, state INTEGER, attempts INTEGER, status INTEGER,
  source INTEGER, record INTEGER, label TEXT, words TEXT, entries TEXT, changed INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identity(local TEXT PRIMARY KEY, server TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest(identity INTEGER PRIMARY KEY, key BLOB, source INTEGER, record INTEGER);
CREATE TABLE IF NOT EXISTS recent(id INTEGER PRIMARY KEY, identities BLOB);
)sql";
constexpr const char* layout_version = "2";
/// The first layout has no table `recent`, and is otherwise the same.
constexpr const char* renew_layout = "UPDATE about SET value='2' WHERE name='layout' AND value='1'";

/// An identity in a row of the table `recent`: rows of `latest` in the order in which they came.
/// They are only asked for when content comes again, and are sorted into `latest` then: to do that
/// for each as it is applied took longer than anything else of a journal.
struct Recent {
  std::int64_t identity = 0;
  Key key{};
  std::int64_t source = 0;
  std::uint64_t record = 0;
};
static_assert(sizeof(Recent) == 40);

constexpr std::array<std::string_view, state_count> state_names{"fresh",   "sent",   "applied",
                                                                "refused", "failed", "unknown"};

struct StatementFree {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite().finalize(statement); }
};
struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept {
    std::size_t number = 0;  // of a digest any part will do
    std::memcpy(&number, key.data(), sizeof number);
    return number;
  }
};
struct DatabaseFree {
  void operator()(sqlite3* database) const noexcept { sqlite().close(database); }
};

std::string column_text(sqlite3_stmt* statement, int column) {
  const unsigned char* text = sqlite().column_text(statement, column);
  const auto size = static_cast<std::size_t>(sqlite().column_bytes(statement, column));
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text), size);
}

}  // namespace

std::string_view state_name(State state) {
  return state_names[static_cast<std::size_t>(state)];
}

struct DiskJournal::Database {
  using Statement = std::unique_ptr<sqlite3_stmt, StatementFree>;

  std::string path;
  std::unique_ptr<sqlite3, DatabaseFree> handle;
  std::unique_ptr<DiskSync> log;  ///< the write-ahead log, which SQLite leaves to us in this mode
  Statement find, put, remember, server, add_source, put_latest, latest, put_recent;
  std::unordered_map<std::string, std::int64_t> sources;
  std::unordered_map<Key, JournalRow, KeyHash> rows;  ///< put since the last commit
  std::vector<Recent> recent;                         ///< the same of put_latest()
  std::string latest_source;                          ///< of the last of them
  std::int64_t source_number = 0;
  bool has_recent = false;  ///< the table `recent` has rows
  bool in_transaction = false;
  bool writing = false;
  bool lasting = true;  ///< everything committed is on the disk
  bool cut_short = false;

  [[noreturn]] void fail(int code) const;
  void run(const char* sql) const;
  [[nodiscard]] Statement prepare(const char* sql) const;
  void open();
  void sync_file() const;
  void watch_log();
  void check(const char* name, const std::string& value) const;
  void say_running(bool running) const;
  void begin_run();
  void begin();
  std::int64_t source_id(const std::string& name);
  void write(const JournalRow& row);
  void write_all();
  void write_recent();
  void sort_in(const Recent& each) const;
  void sort_recent();
  void step(sqlite3_stmt* statement) const;
};

void DiskJournal::Database::fail(int code) const {
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    throw Error(ErrorKind::usage, "Another lhcr push is using the journal " + path +
                                      "; wait for it, or give this run its own with --journal");
  }
  const std::string why = handle == nullptr ? "out of memory" : sqlite().errmsg(handle.get());
  throw Error(ErrorKind::input, "The journal " + path + " cannot be used: " + why);
}

void DiskJournal::Database::run(const char* sql) const {
  const int code = sqlite().exec(handle.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

DiskJournal::Database::Statement DiskJournal::Database::prepare(const char* sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite().prepare_v3(handle.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) fail(code);
  return Statement(statement);
}

namespace {

/// A journal names patients: it is its owner's alone, and so are the files that SQLite puts beside
/// it, which get the same rights.
void make_private(const std::string& path) {
  if (path.empty()) return;
  const int made = ::open(path.c_str(), O_CREAT | O_CLOEXEC | O_RDWR, S_IRUSR | S_IWUSR);
  if (made < 0) return;  // SQLite says why
  const Descriptor file(made);
  static_cast<void>(::fchmod(file.get(), S_IRUSR | S_IWUSR));
}

}  // namespace

void DiskJournal::Database::open() {
  sqlite3* raw = nullptr;
  make_private(path);
  const int code =
      sqlite().open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  handle.reset(raw);
  if (code != SQLITE_OK) fail(code);
  run("PRAGMA locking_mode=EXCLUSIVE");
  if (path.empty()) {
    run("PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF");
  } else {
    // A new file need not last before its first transaction does; that is made lasting as a whole.
    run("PRAGMA synchronous=OFF; PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000");
    sync_file();
  }
  begin();
  run(layout);
  find = prepare("SELECT state,attempts,status,entries,label,words FROM item WHERE key=?");
  put = prepare("INSERT OR REPLACE INTO item VALUES(?,?,?,?,?,?,?,?,?,unixepoch())");
  remember = prepare("INSERT OR REPLACE INTO identity VALUES(?,?)");
  server = prepare("SELECT server FROM identity WHERE local=?");
  put_latest = prepare("INSERT OR REPLACE INTO latest VALUES(?,?,?,?)");
  put_recent = prepare("INSERT INTO recent(identities) VALUES(?)");
  latest = prepare(
      "SELECT key,name,record FROM latest LEFT JOIN source ON source.id=latest.source "
      "WHERE identity=?");
  add_source = prepare(
      "INSERT INTO source(name) VALUES(?) ON CONFLICT(name) DO UPDATE SET "
      "name=excluded.name RETURNING id");
}

/// Makes the file itself lasting: what its write-ahead log says counts only where it has a first
/// page.
void DiskJournal::Database::sync_file() const {
  sqlite3_file* file = nullptr;
  sqlite().file_control(handle.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == nullptr || file->pMethods == nullptr) return;
  const int code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK) fail(code);
}

/// Where SQLite cannot keep a write-ahead log it makes each commit lasting itself.
void DiskJournal::Database::watch_log() {
  const std::string name = path + "-wal";
  if (::access(name.c_str(), R_OK) != 0) return run("PRAGMA synchronous=FULL");
  log = std::make_unique<DiskSync>(name);
  log->begin();
}

void DiskJournal::Database::check(const char* name, const std::string& value) const {
  const Statement write = prepare("INSERT OR IGNORE INTO about VALUES(?,?)");
  sqlite().bind_text(write.get(), 1, name, -1, SQLITE_STATIC);
  sqlite().bind_text(write.get(), 2, value.c_str(), -1, SQLITE_STATIC);
  step(write.get());
  const Statement read = prepare("SELECT value FROM about WHERE name=?");
  sqlite().bind_text(read.get(), 1, name, -1, SQLITE_STATIC);
  const bool same = sqlite().step(read.get()) == SQLITE_ROW && column_text(read.get(), 0) == value;
  if (same) return;
  throw Error(ErrorKind::usage, "The journal " + path + " belongs to another job: its " + name +
                                    " is " + column_text(read.get(), 0) + ", not " + value);
}

void DiskJournal::Database::say_running(bool running) const {
  run(running ? "INSERT OR REPLACE INTO about VALUES('running','1')"
              : "INSERT OR REPLACE INTO about VALUES('running','0')");
}

void DiskJournal::Database::begin_run() {
  const Statement read = prepare("SELECT value FROM about WHERE name='running'");
  cut_short = sqlite().step(read.get()) == SQLITE_ROW && column_text(read.get(), 0) == "1";
  const Statement any = prepare("SELECT 1 FROM recent LIMIT 1");
  has_recent = sqlite().step(any.get()) == SQLITE_ROW;
  say_running(true);
}

void DiskJournal::Database::begin() {
  writing = true;
  if (in_transaction) return;
  run("BEGIN");
  in_transaction = true;
}

void DiskJournal::Database::step(sqlite3_stmt* statement) const {
  const int code = sqlite().step(statement);
  if (code != SQLITE_DONE && code != SQLITE_ROW) fail(code);
}

std::int64_t DiskJournal::Database::source_id(const std::string& name) {
  const auto known = sources.find(name);
  if (known != sources.end()) return known->second;
  constexpr std::size_t remembered = 10000;
  if (sources.size() >= remembered) sources.clear();
  sqlite().reset(add_source.get());
  sqlite().bind_text(add_source.get(), 1, name.c_str(), -1, SQLITE_STATIC);
  step(add_source.get());
  const std::int64_t id = sqlite().column_int64(add_source.get(), 0);
  sqlite().reset(add_source.get());
  sources.emplace(name, id);
  return id;
}

void DiskJournal::Database::write(const JournalRow& row) {
  const std::int64_t source = source_id(row.source);
  sqlite3_stmt* statement = put.get();
  sqlite().reset(statement);
  const auto text = [statement](int at, const std::string& value) {
    sqlite().bind_text(statement, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  };
  sqlite().bind_blob(statement, 1, row.key.data(), static_cast<int>(row.key.size()), SQLITE_STATIC);
  sqlite().bind_int(statement, 2, static_cast<int>(row.state));
  sqlite().bind_int(statement, 3, static_cast<int>(row.attempts));
  sqlite().bind_int64(statement, 4, row.status);
  sqlite().bind_int64(statement, 5, source);
  sqlite().bind_int64(statement, 6, static_cast<std::int64_t>(row.record));
  text(7, row.label);
  text(8, row.words);
  text(9, row.entries);
  step(statement);
  sqlite().reset(statement);
}

/// Hands over what has been put since the last commit.
void DiskJournal::Database::write_all() {
  begin();
  for (const auto& [key, row] : rows) write(row);
  rows.clear();
  if (!recent.empty()) write_recent();
}

void DiskJournal::Database::write_recent() {
  sqlite().reset(put_recent.get());
  sqlite().bind_blob64(put_recent.get(), 1, recent.data(), recent.size() * sizeof(Recent),
                       SQLITE_STATIC);
  step(put_recent.get());
  sqlite().reset(put_recent.get());
  recent.clear();
  has_recent = true;
}

void DiskJournal::Database::sort_in(const Recent& each) const {
  sqlite3_stmt* statement = put_latest.get();
  sqlite().reset(statement);
  sqlite().bind_int64(statement, 1, each.identity);
  sqlite().bind_blob(statement, 2, each.key.data(), static_cast<int>(each.key.size()),
                     SQLITE_STATIC);
  sqlite().bind_int64(statement, 3, each.source);
  sqlite().bind_int64(statement, 4, static_cast<std::int64_t>(each.record));
  step(statement);
  sqlite().reset(statement);
}

void DiskJournal::Database::sort_recent() {
  write_all();
  const Statement read = prepare("SELECT identities FROM recent ORDER BY id");
  while (sqlite().step(read.get()) == SQLITE_ROW) {
    const auto* bytes = static_cast<const char*>(sqlite().column_blob(read.get(), 0));
    const auto size = static_cast<std::size_t>(sqlite().column_bytes(read.get(), 0));
    for (std::size_t at = 0; at + sizeof(Recent) <= size; at += sizeof(Recent)) {
      Recent each;
      std::memcpy(&each, bytes + at, sizeof each);
      sort_in(each);
    }
  }
  run("DELETE FROM recent");
  has_recent = false;
}

DiskJournal::DiskJournal(const std::string& path, const JobIdentity& identity)
    : database_(std::make_unique<Database>()) {
  database_->path = path;
  if (path.empty()) return;  // opened when there is something to remember
  database_->open();
  database_->run(renew_layout);
  database_->check("layout", layout_version);
  database_->check("input", identity.input);
  database_->check("target", identity.target);
  database_->check("style", identity.style);
  database_->begin_run();
  commit_soon();
  database_->watch_log();
}

DiskJournal::~DiskJournal() {
  try {
    commit();
  } catch (const Error&) {
    // A run that ends by an error has reported it already; the rows stay in state `sent`, which is
    // the safe side.
    database_->in_transaction = database_->writing = false;
  }
}

bool DiskJournal::durable() const noexcept {
  return !database_->path.empty();
}

bool DiskJournal::cut_short() const noexcept {
  return database_->cut_short;
}

void DiskJournal::end() {
  if (!durable()) return;
  database_->begin();
  database_->say_running(false);
}

bool DiskJournal::writing() const noexcept {
  return durable() && database_->writing;
}

std::optional<JournalRow> DiskJournal::find(const Key& key) {
  if (!durable()) return std::nullopt;
  const auto fresh = database_->rows.find(key);
  if (fresh != database_->rows.end()) return fresh->second;
  sqlite3_stmt* find = database_->find.get();
  sqlite().reset(find);
  sqlite().bind_blob(find, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
  const int code = sqlite().step(find);
  if (code == SQLITE_DONE) return std::nullopt;
  if (code != SQLITE_ROW) database_->fail(code);
  JournalRow row;
  row.key = key;
  row.state = static_cast<State>(sqlite().column_int(find, 0));
  row.attempts = static_cast<unsigned>(sqlite().column_int(find, 1));
  row.status = static_cast<long>(sqlite().column_int64(find, 2));
  row.entries = column_text(find, 3);
  row.label = column_text(find, 4);
  row.words = column_text(find, 5);
  sqlite().reset(find);
  return row;
}

/// Most of what is sent is settled before the next commit: it is written once, not twice.
void DiskJournal::put(const JournalRow& row) {
  if (!durable()) return;
  database_->writing = true;
  database_->rows.insert_or_assign(row.key, row);
}

void DiskJournal::commit() {
  commit_soon();
  if (database_->log != nullptr && !database_->lasting) database_->log->finish();
  database_->lasting = true;
}

void DiskJournal::commit_soon() {
  if (!database_->writing) return;
  database_->write_all();
  database_->run("COMMIT");
  database_->in_transaction = database_->writing = database_->lasting = false;
  if (database_->log != nullptr) database_->log->begin();
}

void DiskJournal::remember(const std::string& local, const std::string& server) {
  if (database_->handle == nullptr) database_->open();
  database_->begin();
  sqlite3_stmt* statement = database_->remember.get();
  sqlite().reset(statement);
  sqlite().bind_text(statement, 1, local.c_str(), -1, SQLITE_STATIC);
  sqlite().bind_text(statement, 2, server.c_str(), -1, SQLITE_STATIC);
  database_->step(statement);
  sqlite().reset(statement);
}

std::optional<std::string> DiskJournal::server_id(const std::string& local) {
  if (database_->handle == nullptr) return std::nullopt;
  sqlite3_stmt* statement = database_->server.get();
  sqlite().reset(statement);
  sqlite().bind_text(statement, 1, local.c_str(), -1, SQLITE_STATIC);
  if (sqlite().step(statement) != SQLITE_ROW) return std::nullopt;
  std::string server = column_text(statement, 0);
  sqlite().reset(statement);
  return server;
}

namespace {

/// Identities are many and only compared.
std::int64_t number_of(const std::string& identity) {
  const Key key = hash_of({identity});
  std::int64_t number = 0;
  std::memcpy(&number, key.data(), sizeof number);
  return number;
}

}  // namespace

void DiskJournal::put_latest(const std::string& identity, const LatestRow& row) {
  if (!durable()) return;
  Database& database = *database_;
  database.begin();
  if (database.source_number == 0 || database.latest_source != row.source) {
    database.source_number = database.source_id(row.source);
    database.latest_source = row.source;
  }
  database.recent.push_back({number_of(identity), row.key, database.source_number, row.record});
}

std::optional<LatestRow> DiskJournal::latest(const std::string& identity) {
  if (!durable()) return std::nullopt;
  if (database_->has_recent || !database_->recent.empty()) database_->sort_recent();
  sqlite3_stmt* statement = database_->latest.get();
  sqlite().reset(statement);
  sqlite().bind_int64(statement, 1, number_of(identity));
  const int code = sqlite().step(statement);
  if (code == SQLITE_DONE) return std::nullopt;
  if (code != SQLITE_ROW) database_->fail(code);
  LatestRow row;
  const void* key = sqlite().column_blob(statement, 0);
  if (sqlite().column_bytes(statement, 0) == static_cast<int>(row.key.size())) {
    std::memcpy(row.key.data(), key, row.key.size());
  }
  row.source = column_text(statement, 1);
  row.record = static_cast<std::uint64_t>(sqlite().column_int64(statement, 2));
  sqlite().reset(statement);
  return row;
}

std::vector<std::uint64_t> DiskJournal::counts() {
  std::vector<std::uint64_t> all(state_count);
  if (!durable()) return all;
  database_->write_all();
  const auto statement = database_->prepare("SELECT state,count(*) FROM item GROUP BY state");
  while (sqlite().step(statement.get()) == SQLITE_ROW) {
    const auto state = static_cast<std::size_t>(sqlite().column_int(statement.get(), 0));
    if (state < all.size()) {
      all[state] = static_cast<std::uint64_t>(sqlite().column_int64(statement.get(), 1));
    }
  }
  return all;
}

void DiskJournal::visit(const std::vector<State>& states,
                        const std::function<void(const JournalRow&)>& call) {
  if (!durable()) return;
  database_->write_all();
  std::string list;
  for (const State state : states) {
    if (!list.empty()) list += ',';
    list += std::to_string(static_cast<int>(state));
  }
  const std::string sql =
      "SELECT key,state,attempts,status,name,record,label,words,entries FROM item LEFT JOIN source "
      "ON source.id=item.source WHERE state IN (" +
      list + ") ORDER BY item.source,record";
  const auto statement = database_->prepare(sql.c_str());
  sqlite3_stmt* row = statement.get();
  while (sqlite().step(row) == SQLITE_ROW) {
    JournalRow out;
    const void* key = sqlite().column_blob(row, 0);
    if (sqlite().column_bytes(row, 0) != static_cast<int>(out.key.size())) continue;
    std::memcpy(out.key.data(), key, out.key.size());
    out.state = static_cast<State>(sqlite().column_int(row, 1));
    out.attempts = static_cast<unsigned>(sqlite().column_int(row, 2));
    out.status = static_cast<long>(sqlite().column_int64(row, 3));
    out.source = column_text(row, 4);
    out.record = static_cast<std::uint64_t>(sqlite().column_int64(row, 5));
    out.label = column_text(row, 6);
    out.words = column_text(row, 7);
    out.entries = column_text(row, 8);
    call(out);
  }
}

}  // namespace lhcr::deliver
