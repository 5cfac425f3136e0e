using System.Globalization;
using System.Text;
using Vigie.Core.Metrics;
using Vigie.Core.Protobuf;

namespace Vigie.Core.Otlp;

/// <summary>KeyValue{key=1, value=2}; AnyValue{string=1, bool=2, int=3, double=4, array=5, kvlist=6, bytes=7}.</summary>
static class OtlpAttributes
{
    const int MaxNesting = 8;

    /// <summary>An array is its items joined by a space, a map its items as <c>key=value</c>.</summary>
    public static (string Key, string Value) Read(ProtoReader pair) => Read(pair, 0);

    static (string Key, string Value) Read(ProtoReader pair, int depth)
    {
        string key = "", value = "";
        while (pair.Next())
        {
            switch (pair.Field)
            {
                case 1: key = Encoding.UTF8.GetString(pair.Bytes()); break;
                case 2: value = Text(pair.Message(), depth); break;
                default: pair.Skip(); break;
            }
        }
        return (key, value);
    }

    static string Text(ProtoReader any, int depth)
    {
        if (depth > MaxNesting)
            return "";
        string text = "";
        while (any.Next())
        {
            switch (any.Field)
            {
                case 1: text = Encoding.UTF8.GetString(any.Bytes()); break;
                case 2: text = any.VarintField() != 0 ? "true" : "false"; break;
                case 3: text = ((long)any.VarintField()).ToString(CultureInfo.InvariantCulture); break;
                case 4: text = any.Double().ToString("R", CultureInfo.InvariantCulture); break;
                case 5: text = Array(any.Message(), depth + 1); break;
                case 6: text = Map(any.Message(), depth + 1); break;
                case 7: text = Convert.ToBase64String(any.Bytes()); break;
                default: any.Skip(); break;
            }
        }
        return text;
    }

    static string Array(ProtoReader array, int depth)
    {
        var items = new List<string>();
        while (array.Next())
        {
            if (array.Field == 1)
                items.Add(Text(array.Message(), depth));
            else
                array.Skip();
        }
        return string.Join(' ', items);
    }

    static string Map(ProtoReader map, int depth)
    {
        var items = new List<string>();
        while (map.Next())
        {
            if (map.Field == 1)
            {
                var (key, value) = Read(map.Message(), depth);
                items.Add($"{key}={value}");
            }
            else
                map.Skip();
        }
        return string.Join(' ', items);
    }
}
