using System.Text;

namespace Vigie.Agent.Http;

/// <summary>The head of a request, written once and sent as often as it is wanted.</summary>
sealed class HttpRequest
{
    /// <param name="method">GET or POST.</param>
    /// <param name="path">From the slash on, with its query, encoded.</param>
    /// <param name="headers">All but Host and Content-Length, which are added.</param>
    /// <exception cref="ArgumentException">A part holds what can't stand in a head, a line break above all.</exception>
    public HttpRequest(string method, string path, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        Check(path, ' ');
        var lines = new StringBuilder();
        foreach (var (name, value) in headers)
        {
            Check(value, '\0');
            lines.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        (Method, Path, Headers) = (Encoding.ASCII.GetBytes(method + ' '), Encoding.ASCII.GetBytes(path), Encoding.UTF8.GetBytes(lines.ToString()));
        HasBody = method is "POST";
    }

    public byte[] Method { get; }

    public byte[] Path { get; }

    public byte[] Headers { get; }

    public bool HasBody { get; }

    static void Check(string text, char refused)
    {
        foreach (char c in text)
            if (char.IsControl(c) || c == refused)
                throw new ArgumentException("a part of a request holds a line break or another character that can't stand there");
    }
}
