// The least that a program can do which runs Lua on a Box event stream: one socket, simdjson, the Lua C API. No
// durability, no deduplication, no budgets, no retries. What boxwatch is measured against (scripts/bench-run).
//
//   bare_loop PORT drain|follow OUTPUT
//
// The rule: uploads are counted by login; every hundredth of a login is written into OUTPUT. With `follow` every event's
// id is written, as soon as it is there.
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <simdjson.h>

#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

static const char *const drain_rule = R"(
  local counts = {}
  return function(login)
    local n = (counts[login] or 0) + 1
    counts[login] = n
    if n % 100 == 0 then append(login .. " " .. n .. "\n") end
  end)";
static const char *const follow_rule = "return function(_, id) append(id .. '\\n') end";

static FILE *output;

static int append(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  fwrite(text, 1, length, output);
  return 0;
}

struct Connection {
  int socket = -1;
  int port;
  std::string buffer;

  ~Connection() { close(socket); }

  explicit Connection(int port) : port(port) {
    socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(uint16_t(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket, (sockaddr *)&address, sizeof address) != 0) {
      perror("connect");
      exit(69);
    }
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }

  void fill() {
    char chunk[256 * 1024];
    ssize_t count = read(socket, chunk, sizeof chunk);
    if (count <= 0) {
      fprintf(stderr, "the server closed the connection\n");
      exit(69);
    }
    buffer.append(chunk, size_t(count));
  }

  /// The body of the answer to one request.
  std::string call(const std::string &method, const std::string &target) {
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer t\r\n\r\n";
    if (write(socket, request.data(), request.size()) != ssize_t(request.size())) exit(69);
    size_t end;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) fill();
    size_t at = buffer.find("ontent-length: ");
    if (at == std::string::npos) at = buffer.find("ontent-Length: ");
    if (at == std::string::npos || at > end) {
      fprintf(stderr, "no Content-Length: %.*s\n", int(end), buffer.c_str());
      exit(70);
    }
    size_t length = strtoul(buffer.c_str() + at + 15, nullptr, 10);
    while (buffer.size() < end + 4 + length) fill();
    std::string body = buffer.substr(end + 4, length);
    buffer.erase(0, end + 4 + length);
    return body;
  }
};

int main(int count, char **arguments) {
  if (count != 4) return 64;
  bool follows = strcmp(arguments[2], "follow") == 0;
  output = fopen(arguments[3], "a");
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_register(L, "append", append);
  if (luaL_dostring(L, follows ? follow_rule : drain_rule) != LUA_OK) return 70;

  Connection connection(atoi(arguments[1]));
  simdjson::ondemand::parser parser;
  std::string position = follows ? "now" : "0";
  size_t events = 0;
  for (;;) {
    simdjson::padded_string page(connection.call("GET", "/2.0/events?stream_type=all&limit=500&stream_position=" + position));
    auto document = parser.iterate(page);
    size_t fresh = 0;
    for (auto entry : document["entries"].get_array()) {
      std::string_view id, login;
      auto object = entry.get_object();
      for (auto field : object) {
        std::string_view key = field.unescaped_key();
        if (key == "event_id") {
          id = field.value().get_string();
        } else if (key == "created_by") {
          login = field.value().get_object()["login"].get_string();
        }
      }
      lua_pushvalue(L, -1);
      lua_pushlstring(L, login.data(), login.size());
      lua_pushlstring(L, id.data(), id.size());
      if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        return 70;
      }
      fresh++;
    }
    events += fresh;
    fflush(output);
    std::string_view next = simdjson::to_json_string(document["next_stream_position"]);
    std::string going(next);
    if (going.size() > 1 && going[0] == '"') going = going.substr(1, going.size() - 2);
    bool isDone = fresh == 0 && going == position;
    position = going;
    if (fresh > 0) continue;
    if (!follows) {
      if (isDone || fresh == 0) break;
      continue;
    }
    // Caught up: ask for a server and wait until it rings.
    simdjson::padded_string servers(connection.call("OPTIONS", "/2.0/events"));
    auto answer = parser.iterate(servers);
    std::string url;
    for (auto entry : answer["entries"].get_array()) {
      std::string_view text = entry["url"].get_string();
      url = text;
    }
    size_t path = url.find('/', url.find("//") + 2);
    // The server closes a connection after a poll.
    Connection(atoi(arguments[1])).call("GET", url.substr(path) + (url.find('?') == std::string::npos ? "?" : "&") + "stream_position=" + position);
  }
  fprintf(stderr, "%zu events\n", events);
}
