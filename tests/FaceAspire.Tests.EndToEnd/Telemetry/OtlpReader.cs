using System.Globalization;
using Google.Protobuf;

namespace FaceAspire.Tests.EndToEnd.Telemetry;

/// <summary>Reads the few fields of OTLP's protobuf messages that tests ask about. Field numbers are those of opentelemetry-proto 1.x.</summary>
internal static class OtlpReader
{
    private const string ServiceName = "service.name";

    public static IReadOnlyList<ReceivedSpan> Spans(byte[] request) => Items(request, ReadSpan);

    public static IReadOnlyList<ReceivedMetric> Metrics(byte[] request) => Items(request, ReadMetric);

    public static IReadOnlyList<ReceivedLog> Logs(byte[] request) => Items(request, ReadLog);

    /// <summary>All three kinds of request nest alike: by resource (1), in it the resource itself (1) and its scopes (2), in these the items (2).</summary>
    private static List<T> Items<T>(byte[] request, Func<CodedInputStream, string, T> read)
    {
        List<T> items = [];
        foreach (var ofResource in Messages(new CodedInputStream(request), field: 1))
        {
            string service = Messages(ofResource.CreateCodedInput(), field: 1)
                .Select(static resource => Pairs(resource.CreateCodedInput(), field: 1).GetValueOrDefault(ServiceName, ""))
                .SingleOrDefault("");
            foreach (var scope in Messages(ofResource.CreateCodedInput(), field: 2))
            {
                items.AddRange(Messages(scope.CreateCodedInput(), field: 2).Select(item => read(item.CreateCodedInput(), service)));
            }
        }

        return items;
    }

    private static ReceivedSpan ReadSpan(CodedInputStream input, string service)
    {
        string traceId = "", spanId = "", parentId = "", name = "";
        int kind = 0;
        ulong start = 0, end = 0;
        Dictionary<string, string> attributes = [];
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: traceId = Hexadecimal(input); break;
                case 2: spanId = Hexadecimal(input); break;
                case 4: parentId = Hexadecimal(input); break;
                case 5: name = input.ReadString(); break;
                case 6: kind = input.ReadEnum(); break;
                case 7: start = input.ReadFixed64(); break;
                case 8: end = input.ReadFixed64(); break;
                case 9: AddPair(input.ReadBytes(), attributes); break;
                default: input.SkipLastField(); break;
            }
        }

        const ulong NanosecondsPerTick = 100;
        return new(service, traceId, spanId, parentId, name, kind, TimeSpan.FromTicks((long)((end - start) / NanosecondsPerTick)), attributes);
    }

    private static ReceivedMetric ReadMetric(CodedInputStream input, string service)
    {
        string name = "", unit = "";
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: name = input.ReadString(); break;
                case 3: unit = input.ReadString(); break;
                default: input.SkipLastField(); break;
            }
        }

        return new(service, name, unit);
    }

    private static ReceivedLog ReadLog(CodedInputStream input, string service)
    {
        string traceId = "", severity = "", body = "";
        Dictionary<string, string> attributes = [];
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 3: severity = input.ReadString(); break;
                case 5: body = Value(input.ReadBytes()); break;
                case 6: AddPair(input.ReadBytes(), attributes); break;
                case 9: traceId = Hexadecimal(input); break;
                default: input.SkipLastField(); break;
            }
        }

        return new(service, traceId, severity, body, attributes);
    }

    /// <summary>The messages of one repeated field.</summary>
    private static List<ByteString> Messages(CodedInputStream input, int field)
    {
        List<ByteString> messages = [];
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) == field)
            {
                messages.Add(input.ReadBytes());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return messages;
    }

    private static Dictionary<string, string> Pairs(CodedInputStream input, int field)
    {
        Dictionary<string, string> pairs = [];
        Messages(input, field).ForEach(pair => AddPair(pair, pairs));
        return pairs;
    }

    private static void AddPair(ByteString pair, Dictionary<string, string> pairs)
    {
        var input = pair.CreateCodedInput();
        string key = "", value = "";
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: key = input.ReadString(); break;
                case 2: value = Value(input.ReadBytes()); break;
                default: input.SkipLastField(); break;
            }
        }

        pairs[key] = value;
    }

    /// <summary>A value as text; arrays as their elements with commas between.</summary>
    private static string Value(ByteString any)
    {
        var input = any.CreateCodedInput();
        string value = "";
        while (input.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: value = input.ReadString(); break;
                case 2: value = input.ReadBool() ? "true" : "false"; break;
                case 3: value = input.ReadInt64().ToString(CultureInfo.InvariantCulture); break;
                case 4: value = input.ReadDouble().ToString("R", CultureInfo.InvariantCulture); break;
                case 5: value = string.Join(',', Messages(input.ReadBytes().CreateCodedInput(), field: 1).Select(Value)); break;
                default: input.SkipLastField(); break;
            }
        }

        return value;
    }

    private static string Hexadecimal(CodedInputStream input) => Convert.ToHexStringLower(input.ReadBytes().Span);
}
