using System.Diagnostics;
using System.Text;
using System.Text.Json;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Contracts.Tests.Requests;

public sealed class JsonFieldsTests
{
    [Theory]
    [InlineData("null", FieldKind.Null)]
    [InlineData("true", FieldKind.Boolean)]
    [InlineData("false", FieldKind.Boolean)]
    [InlineData("-1.5e3", FieldKind.Number)]
    [InlineData("\"\"", FieldKind.Text)]
    [InlineData("\"text\"", FieldKind.Text)]
    [InlineData("\"\\ud800\"", FieldKind.BrokenText)]
    [InlineData("[]", FieldKind.Texts)]
    [InlineData("[\"age\",\"race\"]", FieldKind.Texts)]
    [InlineData("[1,2.5]", FieldKind.Numbers)]
    [InlineData("[1,\"age\"]", FieldKind.Other)]
    [InlineData("[1,null]", FieldKind.Other)]
    [InlineData("[1e39]", FieldKind.Other)] // no float
    [InlineData("[[1,2]]", FieldKind.Other)]
    [InlineData("[\"\\ud800\"]", FieldKind.Other)]
    [InlineData("{\"a\":{\"b\":1}}", FieldKind.Other)]
    [InlineData("{\"a\":1}", FieldKind.Other)]
    [InlineData("{\"a\":\"b\",\"a\":\"c\"}", FieldKind.Other)]
    [InlineData("{\"a\":\"\\ud800\"}", FieldKind.Other)]
    [InlineData("{}", FieldKind.Entries)]
    [InlineData("{\"a\":\"b\",\"\":\"\"}", FieldKind.Entries)]
    public void Read_AnyValue_IsOfItsKind(string json, FieldKind expected)
    {
        var fields = Read($$"""{"before":1,"field":{{json}},"after":2}""");

        fields["field"].Kind.ShouldBe(expected);
        fields["before"].Number.ShouldBe(1);
        fields["after"].Number.ShouldBe(2);
    }

    [Fact]
    public void Read_Values_AreThoseSent()
    {
        var fields = Read("""{"number":-1.5e3,"flag":true,"texts":["age","race"],"numbers":[0.25,-3]}""");

        fields["number"].Number.ShouldBe(-1_500);
        fields["flag"].Boolean.ShouldBeTrue();
        fields["texts"].Texts.ShouldBe(["age", "race"]);
        fields["numbers"].Numbers.ShouldBe([0.25f, -3]);
    }

    [Fact]
    public void Read_PlainText_IsASliceOfTheBody()
    {
        byte[] body = """{"img":"photos/ann.jpg"}"""u8.ToArray();

        var text = JsonFields.Read(body)["img"].Text;
        body[8] = (byte)'P';

        Encoding.UTF8.GetString(text.Span).ShouldBe("Photos/ann.jpg");
    }

    [Theory]
    [InlineData("""data:image\/png;base64,AB\u002bC""", "data:image/png;base64,AB+C")]
    [InlineData("""\"\\\b\f\n\r\t""", "\"\\\b\f\n\r\t")]
    [InlineData("""\ud83d\ude42 grün""", "🙂 grün")]
    public void Read_EscapedText_IsUnescapedWhereItStands(string escaped, string expected)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"img":"{{escaped}}","after":"x"}""");

        var fields = JsonFields.Read(body);

        Encoding.UTF8.GetString(fields["img"].Text.Span).ShouldBe(expected);
        Encoding.UTF8.GetString(fields["after"].Text.Span).ShouldBe("x");
        fields["img"].Text.Span.Overlaps(body).ShouldBeTrue();
    }

    [Fact]
    public void Read_NameGivenTwice_TheLastCounts() => Read("""{"a":1,"a":2}""")["a"].Number.ShouldBe(2);

    [Fact]
    public void Read_NameThatIsNoText_IsPassedOver()
    {
        var fields = Read("""{"\ud800":1,"a":2}""");

        fields.Keys.ShouldBe(["a"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1} {}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":tru}")]
    [InlineData("{\"a\":[1,2}")]
    [InlineData("\uFEFF{}")]
    public void Read_BrokenJson_NamesThePlace(string json) => Refusal(json).ShouldMatch(@"^is not valid JSON \(line \d+, byte \d+\)$");

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"img\"")]
    [InlineData("1")]
    public void Read_NoObject_IsRefused(string json) => Refusal(json).ShouldBe("must be a JSON object");

    [Fact]
    public void Read_DeepNesting_IsRefused() => Refusal($$"""{"a":{{new string('[', 10_000)}}""").ShouldStartWith("is not valid JSON");

    [Fact]
    public void Read_MoreMembersThanAnyRequestHas_IsRefusedEarly()
    {
        string members = string.Join(',', Enumerable.Range(0, 100_000).Select(static i => $"\"{i}\":0"));
        byte[] body = Encoding.UTF8.GetBytes($"{{{members}}}");

        long before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Should.Throw<FaceAspireException>(() => JsonFields.Read(body));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        failure.Fields.ShouldHaveSingleItem().Msg.ShouldBe("has more than 64 members");
        allocated.ShouldBeLessThan(200_000);
    }

    // Each of these once cost an exception of 16 µs, and none was counted: 5 MB took ten seconds.
    [Theory]
    [InlineData("\"\u00ff\":0,")] // a byte that begins no UTF-8 character
    [InlineData("\"\\ud800\":0,")]
    [InlineData("\"a\":0,")]
    public void Read_MembersThatAreNotKept_CountAllTheSame(string member)
    {
        byte[] body = Repeat("{", member, "\"end\":0}");

        var (failure, allocated) = Measure(() => Should.Throw<FaceAspireException>(() => JsonFields.Read(body)));

        failure.Fields.ShouldHaveSingleItem().Msg.ShouldBe("has more than 64 members");
        allocated.ShouldBeLessThan(400_000);
    }

    [Theory]
    [InlineData("\"\u00ff\",")]
    [InlineData("\"\\ud800\",")]
    [InlineData("\"age\",")]
    [InlineData("1,\"\\ud800\",")]
    [InlineData("1,")]
    [InlineData("{},")]
    public void Read_ArrayOfManyItems_IsDecodedOnlyUntilItIsSpoilt(string item)
    {
        byte[] body = Repeat("{\"actions\":[", item, "1]}");

        long start = Stopwatch.GetTimestamp();
        var (fields, allocated) = Measure(() => JsonFields.Read(body));

        fields["actions"].Kind.ShouldBe(FieldKind.Other);
        allocated.ShouldBeLessThan(400_000); // 16,384 numbers in a growing list are 260,000
        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(2)); // 0.1 s on a free core
    }

    [Fact]
    public void Read_NameOrItemLongerThanAnyOfOurs_IsNotDecoded()
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"{{new string('a', 2_000_000)}}":1,"list":["{{new string('b', 2_000_000)}}"]}""");

        var (fields, allocated) = Measure(() => JsonFields.Read(body));

        fields.Keys.ShouldBe(["list"]);
        fields["list"].Kind.ShouldBe(FieldKind.LongTexts);
        fields["list"].Texts.ShouldBeNull();
        allocated.ShouldBeLessThan(10_000);
    }

    [Fact]
    public void Read_ListOfPictures_IsSlicesOfTheBody()
    {
        string picture = new('A', 400);
        byte[] body = Encoding.UTF8.GetBytes($$"""{"imgs":["{{picture}}","a\/b.jpg"],"after":1}""");

        var fields = JsonFields.Read(body);

        fields["imgs"].Items!.Select(static item => Encoding.UTF8.GetString(item.Span)).ShouldBe([picture, "a/b.jpg"]);
        fields["imgs"].Items![0].Span.Overlaps(body).ShouldBeTrue();
        fields["after"].Number.ShouldBe(1);
    }

    [Fact]
    public void Read_ObjectOfManyTexts_IsDecodedOnlyUntilItIsSpoilt()
    {
        string entries = string.Join(',', Enumerable.Range(0, 100_000).Select(static i => $"\"{i}\":\"v\""));
        byte[] body = Encoding.UTF8.GetBytes($"{{\"metadata\":{{{entries}}}}}");

        var (fields, allocated) = Measure(() => JsonFields.Read(body));

        fields["metadata"].Kind.ShouldBe(FieldKind.Other);
        allocated.ShouldBeLessThan(20_000);
    }

    [Fact]
    public void Read_ObjectOfTexts_HoldsThem()
    {
        var entries = Read("""{"metadata":{"team":"bl\u00fce","note":""}}""")["metadata"].Entries!;

        entries.ShouldBe(new Dictionary<string, string> { ["team"] = "blüe", ["note"] = "" });
    }

    [Fact]
    public void Read_LongArrays_AreNeitherEmbeddingNorList()
    {
        Read($$"""{"a":[{{string.Join(',', Enumerable.Repeat("1", 16_385))}}]}""")["a"].Kind.ShouldBe(FieldKind.Other);
        Read($$"""{"a":[{{string.Join(',', Enumerable.Repeat("\"age\"", 65))}}]}""")["a"].Kind.ShouldBe(FieldKind.Other);
    }

    [Fact]
    public void Read_LargePicture_AllocatesNothingOfItsSize()
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"img":"{{new string('A', 5_000_000)}}"}""");
        JsonFields.Read(body);

        long before = GC.GetAllocatedBytesForCurrentThread();
        JsonFields.Read(body)["img"].Text.Length.ShouldBe(5_000_000);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);
    }

    [Fact]
    public void Read_AnyText_ComesBackAsWritten()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            string expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
            byte[] body = Encoding.UTF8.GetBytes($$"""{"a":{{JsonSerializer.Serialize(expected)}}}""");
            return Encoding.UTF8.GetString(JsonFields.Read(body)["a"].Text.Span) == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Read_AnyBytes_GiveFieldsOrAValidationError()
    {
        byte[] whole = """{"img1":"a\u00e4\/b","img2":[0.5,-1e3,2],"actions":["age","\ud83d\ude42"],"align":true,"x":{"y":[null]}}"""u8.ToArray();
        var mutated =
            from position in Gen.Choose(0, whole.Length - 1)
            from value in Gen.Choose(0, 255)
            from length in Gen.Choose(0, whole.Length)
            select Mutate(whole, position, (byte)value, length);
        var random = Gen.Choose(0, 255).Select(static value => (byte)value).ArrayOf();

        Prop.ForAll(Gen.OneOf(mutated, random).ToArbitrary(), body => ReadsOrRefuses(body))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    private static byte[] Mutate(byte[] whole, int position, byte value, int length)
    {
        byte[] body = [.. whole];
        body[position] = value;
        return length % 3 == 0 ? body[..length] : body;
    }

    private static bool ReadsOrRefuses(byte[] body)
    {
        try
        {
            return JsonFields.Read(body) is not null;
        }
        catch (FaceAspireException exception)
        {
            return exception.Code == ErrorCode.ValidationError && exception.Fields.Count == 1;
        }
    }

    /// <summary>5 MB of the same piece; written as Latin-1, so that \u00ff is the byte 0xFF.</summary>
    private static byte[] Repeat(string before, string piece, string after) =>
        Encoding.Latin1.GetBytes(before + string.Concat(Enumerable.Repeat(piece, 5_000_000 / piece.Length)) + after);

    private static (T Result, long Allocated) Measure<T>(Func<T> action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var result = action();
        return (result, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Dictionary<string, FieldValue> Read(string json) => JsonFields.Read(Encoding.UTF8.GetBytes(json));

    private static string Refusal(string json)
    {
        var failure = Should.Throw<FaceAspireException>(() => Read(json));
        failure.Code.ShouldBe(ErrorCode.ValidationError);
        var field = failure.Fields.ShouldHaveSingleItem();
        field.Field.ShouldBe("body");
        return field.Msg;
    }
}
