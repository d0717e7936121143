extension APIReference {
  /// The fields of an event that Box sends.
  private static let eventFields = """
    event_id?: string -- Box's id of the event
    event_type: string -- Box's name of what happened, such as ITEM_UPLOAD
    type?: string -- always "event"
    created_at?: string -- when it happened, RFC 3339
    recorded_at?: string -- when Box wrote it down
    created_by?: box.User -- who did it
    action_by?: box.User -- on whose behalf, on enterprise streams
    accessible_by?: box.User -- who was let in, in collaboration events of enterprise streams
    source?: box.Source -- what it happened to
    session_id?: string -- the session, on user streams
    ip_address?: string -- where from, on enterprise streams
    additional_details?: any -- what Box adds, on enterprise streams; `details` has it decoded
    """

  /// Those that rules see beside them.
  private static let eventAdditions = """
    kind: string -- the portable name, such as upload; else the type in small letters
    actor: box.Actor -- `created_by`, never nil
    item: box.Item -- the file or folder, whatever form `source` has; never nil
    details: table -- `additional_details`, decoded; never nil
    path?: string -- folder names from the root, joined by /
    stream: string -- the stream that it came from
    replayed: boolean -- whether it came late, out of a gap that was filled
    attempt: integer -- 1, or more where the handler is tried again
    """

  private static let userFields = "id?: string\nlogin?: string\nname?: string\ntype?: string"

  /// What the forms of `source` have (PROTOCOL.md, section 4 "source variants"): an item, its short form, a
  /// collaboration, a user, a group, an application.
  private static let sourceFields = """
    id?: string
    type?: string -- file, folder, web_link, user and others
    name?: string
    parent?: box.Folder -- the folder that it is in
    owned_by?: box.User
    created_by?: box.User
    modified_by?: box.User
    created_at?: string
    modified_at?: string
    content_created_at?: string
    content_modified_at?: string
    size?: integer|number -- bytes
    description?: string
    etag?: string
    sequence_id?: string
    sha1?: string
    item_status?: string -- active, trashed or deleted
    trashed_at?: string
    purged_at?: string
    path_collection?: table -- the folders from the root, in entries; `path` has their names
    shared_link?: table
    synced?: boolean
    file_version?: table
    item_id?: string -- the short form of enterprise streams, with item_name and item_type
    item_name?: string
    item_type?: string
    file_id?: string -- collaborations, with file_name or folder_id and folder_name
    file_name?: string
    folder_id?: string
    folder_name?: string
    user_id?: string -- collaborations: whom with
    user_name?: string
    user_email?: string -- somebody outside
    group_id?: string
    group_name?: string
    login?: string -- users
    classification?: table
    app_item_type?: string
    api_key?: string -- applications
    user?: box.User
    group?: table
    """

  private static let folderFields = "id?: string\nname?: string\ntype?: string\netag?: string\nsequence_id?: string"

  /// The names of the fields of events that Box documents.
  public static let fieldsOfBox = names(of: eventFields)
  /// The names that events have in rules beside them.
  public static let fieldsOfRules = names(of: eventAdditions)

  static let fieldsOfUsers = names(of: userFields)
  static let fieldsOfSources = names(of: sourceFields)
  static let fieldsOfFolders = names(of: folderFields)

  private static func names(of fields: String) -> [String] {
    fields.split(separator: "\n").map { Parameter($0).name }
  }

  /// The tables that functions take and give.
  public static let shapes = [
    Shape(
      "box.Event",
      "An event as Box sent it, with a few additions. Its fields cannot be assigned to; `pairs` walks them.",
      eventFields + "\n" + eventAdditions, others: "[string]: any"),
    Shape("box.User", "A user as Box names one.", userFields),
    Shape("box.Actor", "Who did it.", userFields + "\nanonymous?: true -- for the user with the id 2"),
    Shape("box.Source", "What it happened to, as Box describes it.", sourceFields, others: "[string]: any"),
    Shape("box.Folder", "A folder, in short.", folderFields, others: "[string]: any"),
    Shape("box.Item", "The file or folder.", "id?: string\ntype?: string\nname?: string\nparent?: box.Folder"),
    Shape("box.Change", "What the real-time server told.", "stream: string\nposition: string\nreceived_at: string"),
    Shape("box.HandlerOptions", "How a handler is called in logs and backlogs.", "name?: string"),
    Shape(
      "box.EveryOptions", "How a timer ticks.",
      "name?: string\nimmediate?: boolean -- the first tick at once\nmissed?: \"once\"|\"skip\" -- what becomes of ticks that were missed"
    ),
    Shape(
      "box.CronOptions", "How a timer ticks.",
      "name?: string\ntz?: string -- a time zone such as Europe/Berlin\nmissed?: \"once\"|\"skip\" -- what becomes of ticks that were missed"
    ),
    Shape(
      "box.Rule", "A detection.",
      """
      id: string -- unique; in alerts and logs
      on: box.EventType|box.EventType[] -- the events
      where?: box.Where -- which of them
      severity?: box.Severity -- of its alerts; medium
      tags?: string[] -- in its alerts
      threshold?: box.Threshold -- how many make a hit
      dedup?: box.Duration -- how long repeats of an alert are held back; 1h, 0 = not at all
      dedup_key?: string|fun(event: box.Event): string -- of what repeats; a path or a function
      title?: string|fun(event: box.Event, hit: box.Hit): string -- of the alert; the id
      description?: string -- the body of its own alerts
      runbook?: string -- in its alerts: what to do, or where that stands
      mode?: "active"|"shadow" -- shadow: alerts are recorded, not sent
      run?: fun(event: box.Event, hit: box.Hit) -- in place of the alert
      """),
    Shape(
      "box.Threshold", "How many events make a hit.",
      "count: integer\nwithin: box.Duration\nby?: string|fun(event: box.Event): string -- a path or a function; each value counts for itself"
    ),
    Shape(
      "box.Hit", "A threshold that was reached.",
      "count: integer\nkey: string\nfirst_at: string\nlast_at: string\nevent_ids: string[]"),
    Shape(
      "box.Query", "The parameters of GET /2.0/events.",
      """
      stream_type?: "all"|"changes"|"sync"|"admin_logs"|"admin_logs_streaming"
      stream_position?: string
      limit?: integer
      event_type?: string|string[] -- enterprise streams only
      created_after?: string -- admin_logs only; may be relative, as -1h
      created_before?: string -- admin_logs only
      """),
    Shape(
      "box.EventsQuery: box.Query", "The parameters of GET /2.0/events, for all pages.",
      "max?: integer -- more events are an error; 10000"),
    Shape(
      "box.Page", "A page of events.", "chunk_size?: integer\nnext_stream_position?: string\nentries: box.Event[]"),
    Shape("box.RealtimeServers", "Where to wait for changes.", "chunk_size: integer\nentries: table[]"),
    Shape(
      "box.Alert", "An alert.",
      """
      title: string
      severity?: box.Severity -- info
      body?: string
      context?: table -- goes along as JSON
      to?: string|string[] -- sinks of the configuration; the default ones
      dedup_key?: string
      dedup?: box.Duration -- how long repeats are held back
      """),
    Shape(
      "box.FileOptions", "How a file is kept.",
      "rotate?: string|integer -- at that size, such as 10M\nkeep?: integer -- rotated files"),
    Shape(
      "box.CSVOptions: box.FileOptions", "How a file of rows is kept.",
      "header?: string[]\nformulas?: boolean -- true: a cell that begins with = is written as it is"),
    Shape(
      "box.HTTPOptions", "What is sent.",
      "json?: any\nbody?: string\nheaders?: table<string, string|number|box.Secret>\ntimeout?: box.Duration"),
    Shape(
      "box.HTTPAnswer", "What came back.",
      "status: integer\nheaders: table<string, string> -- names in small letters\nbody: string\njson?: any"),
    Shape(
      "box.Command", "A command and its arguments, in order.", "stdin?: string\ntimeout?: box.Duration",
      others: "[integer]: string|number"),
    Shape("box.KeepOptions", "For how long.", "ttl?: box.Duration"),
    Shape("box.Secret", "A secret that no script sees.", ""),
    Shape(
      "box.TestAlert", "An alert in a test.", "has: fun(self: box.TestAlert, expected: table)", others: "[string]: any"),
  ]

  /// Names for types of values.
  static let aliases: [(name: String, type: String, meaning: String)] = [
    ("box.Duration", "number|string", "seconds, or text such as \"5m\" or \"1h30m\""),
    ("box.Severity", "\"info\"|\"low\"|\"medium\"|\"high\"|\"critical\"", "how bad it is"),
    (
      "box.WhereValue", "string|number|boolean|(string|number|boolean)[]|fun(value: any): any",
      "equality, any of a list, or a predicate"
    ),
    ("box.Where", "table<string, box.WhereValue>", "by the path of a field, such as \"created_by.login\""),
  ]

  /// The objects whose methods are described: what entries call them, and their shapes.
  static let objects = [
    (prefix: "event", shape: "box.Event"), (prefix: "events", shape: "box.Events"),
    (prefix: "window", shape: "box.Window"), (prefix: "t", shape: "box.Test"),
  ]
}
