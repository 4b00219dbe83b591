using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;

namespace FaceAspire.Contracts.Tests.Requests;

public sealed class RequestFieldsTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData(" yes ", true)]
    [InlineData("no", false)]
    [InlineData("ON", true)]
    [InlineData("off", false)]
    public void Flag_TextOfAForm_IsUnderstood(string text, bool expected)
    {
        var fields = Form("align", text);

        fields.Flag("align", defaultValue: !expected).ShouldBe(expected);
        fields.ThrowIfInvalid();
    }

    [Theory]
    [InlineData("\"true\"")] // JSON has booleans of its own
    [InlineData("1")]
    [InlineData("[true]")]
    [InlineData("{}")]
    public void Flag_OtherJson_IsRefused(string json)
    {
        var fields = Json("align", json);

        fields.Flag("align", defaultValue: true).ShouldBeTrue();
        Refused(fields).ShouldBe([new("align", "must be true or false")]);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("7.0", 7)]
    [InlineData("1e1", 10)]
    [InlineData("null", 5)]
    public void WholeNumber_WithinBounds_IsTaken(string json, int expected)
    {
        var fields = Json("max_faces", json);

        fields.WholeNumber("max_faces", defaultValue: 5, min: 1, max: 10).ShouldBe(expected);
        fields.ThrowIfInvalid();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("11")]
    [InlineData("7.5")]
    [InlineData("\"7\"")]
    [InlineData("1e999")]
    [InlineData("true")]
    public void WholeNumber_AnythingElse_IsRefused(string json)
    {
        var fields = Json("max_faces", json);

        fields.WholeNumber("max_faces", defaultValue: 5, min: 1, max: 10);

        Refused(fields).ShouldBe([new("max_faces", "must be a whole number between 1 and 10")]);
    }

    [Theory]
    [InlineData("-0.1")]
    [InlineData("1e999")]
    [InlineData("\"0.5\"")]
    [InlineData("[0.5]")]
    public void Number_NotFiniteOrTooSmall_IsRefused(string json)
    {
        var fields = Json("threshold", json);

        fields.Number("threshold", min: 0).ShouldBeNull();

        Refused(fields).ShouldBe([new("threshold", "must be a finite number of at least 0")]);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0,5")]
    [InlineData("half")]
    public void Number_TextOfAFormThatIsNoFiniteNumber_IsRefused(string text)
    {
        var fields = Form("threshold", text);

        fields.Number("threshold", min: 0).ShouldBeNull();

        Refused(fields).Count.ShouldBe(1);
    }

    [Fact]
    public void Number_TextOfAForm_IsReadInTheInvariantCulture() => Form("threshold", "0.25").Number("threshold", min: 0).ShouldBe(0.25);

    [Theory]
    [InlineData("\"COSINE\"")]
    [InlineData("\" cosine \"")]
    public void Choice_AnotherCase_IsTheSameName(string json) =>
        Json("distance_metric", json).Choice("distance_metric", ApiNames.Metrics).ShouldBe(DistanceMetric.Cosine);

    [Theory]
    [InlineData("\"cosinus\"")]
    [InlineData("\"\"")]
    [InlineData("\"cos\u0000ine\"")]
    [InlineData("3")]
    [InlineData("[\"cosine\"]")]
    public void Choice_UnknownName_IsAnsweredWithTheKnownOnes(string json)
    {
        var fields = Json("distance_metric", json.Replace("\0", "\\u0000", StringComparison.Ordinal));

        fields.OptionalChoice("distance_metric", ApiNames.Metrics);

        Refused(fields).ShouldBe([new("distance_metric", "must be one of: cosine, euclidean, euclidean_l2, angular")]);
    }

    [Fact]
    public void OptionalChoice_NotSent_IsNull() => Json("other", "1").OptionalChoice("distance_metric", ApiNames.Metrics).ShouldBeNull();

    [Theory]
    [InlineData("age,race")]
    [InlineData("age, race")]
    [InlineData("[\"age\",\"race\"]")]
    [InlineData("['age', 'race']")]
    [InlineData("(age,race)")]
    [InlineData("age,RACE,age")]
    public void Choices_SpellingsOfAForm_AreTheSameList(string text)
    {
        var fields = Form("actions", text);

        fields.Choices("actions", ApiNames.Actions, []).ShouldBe([AttributeAction.Age, AttributeAction.Race]);
        fields.ThrowIfInvalid();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[\"age\",\"height\"]")]
    [InlineData("[1]")]
    [InlineData("\"age\"")]
    [InlineData("true")]
    public void Choices_EmptyUnknownOrNoList_IsRefused(string json)
    {
        var fields = Json("actions", json);

        fields.Choices("actions", ApiNames.Actions, []);

        Refused(fields).ShouldBe([new("actions", "must be a list of one or more of: age, gender, emotion, race")]);
    }

    [Fact]
    public void Choices_NotSent_IsTheDefault() =>
        Json("actions", "null").Choices("actions", ApiNames.Actions, [AttributeAction.Age]).ShouldBe([AttributeAction.Age]);

    [Theory]
    [InlineData("null", "Field required")]
    [InlineData("\"\"", "must be a URL, a file path, a data URI or base64")]
    [InlineData("7", "must be a URL, a file path, a data URI or base64")]
    [InlineData("[1,2]", "must be a URL, a file path, a data URI or base64")]
    public void Image_WithoutAPicture_IsRefused(string json, string msg)
    {
        var fields = Json("img", json);

        fields.Image("img");

        Refused(fields).ShouldBe([new("img", msg)]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1,\"a\"]")]
    [InlineData("[0,0,-0.0]")]
    public void ImageOrEmbedding_NoDirection_IsRefused(string json)
    {
        var fields = Json("img1", json);

        fields.ImageOrEmbedding("img1").Embedding.ShouldBeNull();

        Refused(fields).ShouldHaveSingleItem().Field.ShouldBe("img1");
    }

    [Fact]
    public void ImageOrEmbedding_Numbers_AreAnEmbedding() => Json("img1", "[0,1]").ImageOrEmbedding("img1").Embedding.ShouldBe([0, 1]);

    [Fact]
    public void Image_FileOfAForm_IsItsBytes()
    {
        var fields = new RequestFields(new Dictionary<string, FieldValue> { ["img"] = new() { Kind = FieldKind.File, Bytes = new byte[] { 1, 2 } } });

        fields.Image("img").Bytes.ToArray().ShouldBe([1, 2]);
        fields.ThrowIfInvalid();
    }

    [Fact]
    public void Choices_LongestListOfAForm_IsTaken() =>
        Form("actions", string.Join(',', Enumerable.Repeat("age", 64))).Choices("actions", ApiNames.Actions, []).ShouldBe([AttributeAction.Age]);

    [Fact]
    public void Choices_MoreItemsThanAnyListOfOurs_IsRefused()
    {
        var fields = Form("actions", string.Join(',', Enumerable.Repeat("age", 65)));

        fields.Choices("actions", ApiNames.Actions, []).ShouldBeEmpty();

        Refused(fields).ShouldHaveSingleItem().Field.ShouldBe("actions");
    }

    [Theory]
    [InlineData("true")]
    [InlineData("0.5")]
    [InlineData("1")]
    [InlineData("cosine")]
    [InlineData("age")]
    public void Fields_TextPaddedPastTheLimit_AreRefused(string text)
    {
        var fields = Form("field", text.PadRight(1_025));

        fields.Flag("field", defaultValue: false);
        fields.WholeNumber("field", defaultValue: 0, min: 0, max: 1);
        fields.Number("field", min: 0);
        fields.Choice("field", ApiNames.Metrics);
        fields.Choices("field", ApiNames.Actions, []);

        Refused(fields).Count.ShouldBe(5);
    }

    [Fact]
    public void Fields_TextAsLongAsAPicture_IsNeverDecoded()
    {
        var fields = Form("field", string.Concat(Enumerable.Repeat("a,", 1_000_000)));

        long before = GC.GetAllocatedBytesForCurrentThread();
        fields.Flag("field", defaultValue: false);
        fields.WholeNumber("field", defaultValue: 0, min: 0, max: 1);
        fields.Number("field", min: 0);
        fields.Choice("field", ApiNames.Metrics);
        fields.Choices("field", ApiNames.Actions, []);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Refused(fields).Count.ShouldBe(5);
        allocated.ShouldBeLessThan(100_000);
    }

    [Fact]
    public void ThrowIfInvalid_SeveralWrongFields_NamesThemAllInOrder()
    {
        var fields = Json("align", "3", "threshold", "-1");
        fields.Image("img");
        fields.Flag("align", defaultValue: true);
        fields.Number("threshold", min: 0);

        Refused(fields).Select(static error => error.Field).ShouldBe(["img", "align", "threshold"]);
    }

    [Fact]
    public void Form_InputLeftEmpty_CountsAsNotSent()
    {
        var fields = Form("threshold", "");

        fields.Number("threshold", min: 0).ShouldBeNull();
        fields.ThrowIfInvalid();
    }

    private static RequestFields Form(string field, string text) => new(new Dictionary<string, FieldValue>
    {
        [field] = new() { Kind = FieldKind.FormText, Text = Encoding.UTF8.GetBytes(text) },
    });

    private static RequestFields Json(params string[] namesAndValues) => new(JsonFields.Read(Encoding.UTF8.GetBytes(
        $"{{{string.Join(',', namesAndValues.Chunk(2).Select(static pair => $"\"{pair[0]}\":{pair[1]}"))}}}")));

    private static IReadOnlyList<FieldError> Refused(RequestFields fields)
    {
        var failure = Should.Throw<FaceAspireException>(fields.ThrowIfInvalid);
        failure.Code.ShouldBe(ErrorCode.ValidationError);
        return failure.Fields;
    }
}
