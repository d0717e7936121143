import ArgumentParser
import BoxClient

/// How events are printed.
struct EventPresentation: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case jsonl, csv, table
  }

  @Option(help: "The form of the output.")
  var format = Format.jsonl

  @Option(
    help: ArgumentHelp(
      "Fields to print, such as created_at,source.name. (default with csv and table: "
        + "\(Cell.defaultFields.map(\.description).joined(separator: ",")))",
      valueName: "a,b.c"))
  var fields: String?

  func validate() throws {
    for name in (fields ?? "x").split(separator: ",", omittingEmptySubsequences: false) where FieldPath(name) == nil {
      throw ValidationError("--fields: \"\(name)\" is no field; it takes names such as event_type,source.name")
    }
  }

  /// Nil where none are named.
  var chosen: [FieldPath]? { fields?.split(separator: ",").compactMap { FieldPath($0) } }

  var formatter: any EventFormatter {
    let forTerminal = StandardOutput.isTerminal
    switch (format, chosen) {
    case (.jsonl, nil): return JSONLinesFormatter(forTerminal: forTerminal)
    case (.jsonl, let fields?): return SelectedFieldsFormatter(fields: fields, forTerminal: forTerminal)
    case (.csv, _): return CSVFormatter(fields: chosen ?? Cell.defaultFields, forTerminal: forTerminal)
    case (.table, _): return TableFormatter(fields: chosen ?? Cell.defaultFields, screen: Terminal.columns)
    }
  }
}
