/// The starter project's rules: a threshold, a look at one event, a file.
enum StarterRules {
  static let files = [
    StarterProject.File(name: "rules/many_downloads.lua", text: manyDownloads),
    StarterProject.File(name: "rules/many_downloads_test.lua", text: manyDownloadsTest),
    StarterProject.File(name: "rules/open_links.lua", text: openLinks),
    StarterProject.File(name: "rules/open_links_test.lua", text: openLinksTest),
    StarterProject.File(name: "rules/uploads.lua", text: uploads),
    StarterProject.File(name: "rules/uploads_test.lua", text: uploadsTest),
  ]

  private static let manyDownloads = """
    -- One person downloads many files within a few minutes. The numbers are a beginning: replay a normal week
    -- (`boxwatch replay`) to see what would have fired, or set `mode = "shadow"` until they fit.
    local count, within = 20, "5m"

    box.rule {
      id = "many-downloads",
      description = "Many downloads by one person in a short time.",
      on = "download",
      threshold = { count = count, within = within, by = "created_by.id" },
      severity = "high",
      dedup = "1h",
      title = function(event)
        -- Whoever follows an open link is the same person to Box, without a login.
        local who = event.actor.anonymous and "visitors without an account" or event.actor.login or "somebody"
        return ("%s downloaded %d files within %s"):format(who, count, within)
      end,
    }

    """

  private static let manyDownloadsTest = """
    local function download(t, number, second)
      t:send {
        event_type = "DOWNLOAD", event_id = "download-" .. number, at = second,
        created_by = { type = "user", id = "7", name = "Ada Example", login = "ada@example.com" },
        source = { item_type = "file", item_id = tostring(number), item_name = "plan.pdf" },
      }
    end

    box.test("twenty downloads in five minutes alert once", function(t)
      for i = 1, 25 do download(t, i, i * 10) end
      t:expect_alerts(1)
      t:alert(1):has { severity = "high", title = "~ada@example.com downloaded 20 files" }
    end)

    box.test("the same number over a day is quiet", function(t)
      for i = 1, 25 do download(t, i, i * 3600) end
      t:expect_alerts(0)
    end)

    """

  private static let openLinks = """
    -- A shared link lets anybody open the item who has it. A link without a password to a whole folder is told as high.
    box.on("share", function(event)
      local link = event:get "source.shared_link"
      if type(link) ~= "table" or (link.effective_access or link.access) ~= "open" then return end
      local severity = "low"
      if not link.is_password_enabled then severity = event.item.type == "folder" and "high" or "medium" end
      box.alert {
        title = ("%s opened %s to everybody"):format(event.actor.login or "somebody", event.item.name or "an item"),
        severity = severity,
        dedup = "1h", dedup_key = event.item.id or event.event_id,
        context = { url = link.url, path = event.path },
      }
    end)

    """

  private static let openLinksTest = """
    local function share(type, link)
      return {
        event_type = "ITEM_SHARED_CREATE", event_id = "share-" .. type,
        created_by = { type = "user", id = "7", login = "ada@example.com" },
        source = { type = type, id = "11", name = "Plans", shared_link = link },
      }
    end

    box.test("an open link to a folder is high", function(t)
      t:send(share("folder", { access = "open", effective_access = "open", url = "https://example.box.com/s/x" }))
      t:expect_alerts(1)
      t:alert(1):has { severity = "high", title = "~opened Plans to everybody" }
    end)

    box.test("a password takes the edge off", function(t)
      t:send(share("file", { access = "open", is_password_enabled = true }))
      t:expect_alerts(1)
      t:alert(1):has { severity = "low" }
    end)

    box.test("a link for the company, and an event without one, are quiet", function(t)
      t:send(share("file", { access = "company" }))
      t:send(share("folder", nil))
      t:expect_alerts(0)
      t:expect_no_errors()
    end)

    """

  private static let uploads = """
    -- Every upload in one table, for a spreadsheet. A cell that a spreadsheet would take for a formula is defused.
    box.on("upload", function(event)
      box.file.csv(
        "uploads.csv",
        { event.created_at or "", event.actor.login or "", event.item.name or "", event.path or "" },
        { header = { "time", "who", "file", "folder" }, rotate = "10M", keep = 5 })
    end)

    """

  private static let uploadsTest = """
    box.test("an upload is a line below the header", function(t)
      t:send {
        event_type = "ITEM_UPLOAD", event_id = "1", created_at = "2026-01-05T09:00:00Z",
        created_by = { type = "user", id = "7", login = "ada@example.com" },
        source = { type = "file", id = "11", name = "plan.pdf" },
      }
      t:expect_file("uploads.csv", "~2026-01-05T09:00:00Z,ada@example.com,plan.pdf,")
      t:expect_alerts(0)
    end)

    """
}
