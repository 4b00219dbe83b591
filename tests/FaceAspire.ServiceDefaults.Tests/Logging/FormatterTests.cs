using System.Text.Json;
using FaceAspire.ServiceDefaults.Http;
using FaceAspire.ServiceDefaults.Logging;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace FaceAspire.ServiceDefaults.Tests.Logging;

public sealed class FormatterTests
{
    private static readonly JsonLineFormatter _json = new(new StoppedClock());
    private static readonly TextLineFormatter _text = new(new StoppedClock());

    [Fact]
    public void Json_Entry_IsOneFlatObject()
    {
        string line = Write(_json, LogLevel.Warning, "Took {Milliseconds} ms for {UserName}", ["Milliseconds", 12.5, "UserName", "ann", "Count", 3, "Done", true, "Nothing", null]);

        line.ShouldBe(
            """
            {"timestamp":"2026-01-02T03:04:05.678Z","level":"WARNING","logger":"Some.Logger","message":"Took {Milliseconds} ms for {UserName}","request_id":"id-1",
            "milliseconds":12.5,"user_name":"ann","count":3,"done":true,"nothing":""}
            """.ReplaceLineEndings("") + Environment.NewLine);
    }

    [Fact]
    public void Json_Exception_IsAMember()
    {
        string line = Write(_json, LogLevel.Error, "Failed", [], new InvalidOperationException("why"));

        using var entry = JsonDocument.Parse(line);
        entry.RootElement.GetProperty("exception").GetString().ShouldStartWith("System.InvalidOperationException: why");
    }

    [Fact]
    public void Json_AnyText_StaysOneLineOfJson() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            string line = Write(_json, LogLevel.Information, text ?? "", ["Value", text]);
            using var entry = JsonDocument.Parse(line);
            return line.AsSpan().Count('\n') == 1 && entry.RootElement.TryGetProperty("message", out _);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Json_NumberThatJsonLacks_IsText(double value)
    {
        using var entry = JsonDocument.Parse(Write(_json, LogLevel.Information, "m", ["Value", value]));

        entry.RootElement.GetProperty("value").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Fact]
    public void Text_Entry_IsOneLine() =>
        Write(_text, LogLevel.Information, "Ready", []).ShouldBe("2026-01-02T03:04:05.678Z INFO     id-1 Ready" + Environment.NewLine);

    [Theory]
    [InlineData("GET /a\r\n2026-01-02 ERROR forged")]
    [InlineData("GET /\u001b[31mred")]
    [InlineData("GET /\u2028next\u0085line\u009bcsi")]
    public void Text_ControlCharacters_DoNotReachTheTerminal(string message)
    {
        string line = Write(_text, LogLevel.Information, message, []);

        line[..^Environment.NewLine.Length].ShouldAllBe(static c => !char.IsControl(c) && c != '\u2028');
        line.ShouldContain("GET /");
    }

    [Theory]
    [InlineData(LogLevel.Trace, "DEBUG")]
    [InlineData(LogLevel.Debug, "DEBUG")]
    [InlineData(LogLevel.Information, "INFO")]
    [InlineData(LogLevel.Warning, "WARNING")]
    [InlineData(LogLevel.Error, "ERROR")]
    [InlineData(LogLevel.Critical, "CRITICAL")]
    public void Level_HasPythonsName(LogLevel level, string expected) => Write(_text, level, "m", []).ShouldContain($" {expected} ");

    [Fact]
    public void Entry_OutsideOfARequest_HasNoId()
    {
        Write(_text, LogLevel.Information, "m", [], scoped: false).ShouldContain(" - m");
        Write(_json, LogLevel.Information, "m", [], scoped: false).ShouldNotContain("request_id");
    }

    private static string Write(ConsoleFormatter formatter, LogLevel level, string message, object?[] namesAndValues, Exception? exception = null, bool scoped = true)
    {
        var scopes = new LoggerExternalScopeProvider();
        using var request = scoped ? scopes.Push(new RequestScope("id-1")) : null;
        using var foreign = scopes.Push("another scope");
        KeyValuePair<string, object?>[] values =
        [
            .. namesAndValues.Chunk(2).Select(static pair => KeyValuePair.Create((string)pair[0]!, pair[1])),
            new("{OriginalFormat}", message),
        ];
        using var writer = new StringWriter();
        formatter.Write(new LogEntry<KeyValuePair<string, object?>[]>(level, "Some.Logger", default, values, exception, (_, _) => message), scopes, writer);
        return writer.ToString();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    }
}
