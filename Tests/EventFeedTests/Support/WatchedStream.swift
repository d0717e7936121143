import BoxClient

/// The client's stream type, under a name that the simulator's does not share.
typealias WatchedStream = StreamType
