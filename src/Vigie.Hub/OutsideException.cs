namespace Vigie.Hub;

/// <summary>Something outside the hub does not work: its reason says all, and a stack trace would only hide it.</summary>
abstract class OutsideException(string message, Exception? inner = null) : Exception(message, inner);
