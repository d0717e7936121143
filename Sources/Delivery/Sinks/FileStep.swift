/// One write of a batch, on a thread that may block.
struct FileStep {
  let output: OutputDirectory
  let write: FileWrite

  enum Outcome: Sendable {
    /// Results for the first deliveries of the batch, and the file as it is now.
    case done([DeliveryResult], PathMark?)
    /// The same, where a file that may be rotated has come into being: the ledger must know it before the next rotation,
    /// as one more may drop the file that the ledger's mark means.
    case begun([DeliveryResult], PathMark)
    /// The ledger must know this mark before the file is appended to.
    case needsRecord(PathMark)
  }

  func perform(_ marks: inout FileMarks) -> Outcome {
    guard let item = write.items.first else { return .done([], nil) }
    do throws(OutputError) {
      switch item.payload {
      case .append(let path, let bytes, let rotation, let header):
        let path = try OutputPath(path)
        if let mark = marks.interrupted(item, path.description) {
          return try resume(item, path, bytes, rotation, header, mark, &marks)
        }
        return try append(path, rotation, header, &marks)
      case .write(let path, let bytes):
        let path = try OutputPath(path)
        try output.write(bytes, to: path)
        guard marks.has(path.description) else { return .done([.delivered], nil) }
        let mark = try output.mark(of: path)
        marks.appended(mark, path.description, isEnd: true)
        return .done([.delivered], PathMark(path: path.description, mark: mark))
      case .alert, .webhook, .exec:
        return .done([.failedForGood("this is no delivery to a file")], nil)
      }
    } catch {
      return .done([error.passes ? .failedForNow(DeliveryFailure("\(error)")) : .failedForGood("\(error)")], nil)
    }
  }

  /// Deliveries that may be there in part are gone through one by one. Each begins where the one before it ended, so
  /// they are recognised as one text, wherever a crash cut it; the first that is not there whole is the last to resume.
  private func resume(
    _ item: OutboxItem, _ path: OutputPath, _ bytes: [UInt8], _ rotation: FileRotation?, _ header: [UInt8]?,
    _ mark: FileMark, _ marks: inout FileMarks
  ) throws(OutputError) -> Outcome {
    let appended = try output.append(bytes, to: path, rotation: rotation, header: header, resuming: mark)
    let isEnd = try output.mark(of: path) == appended.mark
    marks.appended(appended.mark, path.description, isEnd: isEnd)
    let new = PathMark(path: path.description, mark: appended.mark)
    return rotation != nil && appended.mark.file != mark.file ? .begun([.delivered], new) : .done([.delivered], new)
  }

  private func append(
    _ path: OutputPath, _ rotation: FileRotation?, _ header: [UInt8]?, _ marks: inout FileMarks
  ) throws(OutputError) -> Outcome {
    let current = try output.mark(of: path)
    guard marks.isRecorded(current, path.description) else {
      return .needsRecord(PathMark(path: path.description, mark: current))
    }
    do throws(OutputError) {
      let appended = try output.append(write.bytes, to: path, rotation: rotation, header: header)
      marks.appended(appended.mark, path.description, isEnd: true)
      let results = write.items.map { _ in DeliveryResult.delivered }
      let new = PathMark(path: path.description, mark: appended.mark)
      return rotation != nil && appended.mark.file != current.file ? .begun(results, new) : .done(results, new)
    } catch {
      marks.failed(path.description)
      // Too much for one file may be little enough for one delivery: none is parked for its neighbour's size.
      guard !error.passes, write.items.count > 1 else { throw error }
      return FileStep(output: output, write: write.single).perform(&marks)
    }
  }
}
