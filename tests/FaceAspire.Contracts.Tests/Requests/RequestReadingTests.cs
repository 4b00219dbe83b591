using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;

namespace FaceAspire.Contracts.Tests.Requests;

public sealed class RequestReadingTests
{
    private static readonly ApiNames _names = new(["mobileface_v2", "Dlib"], ["yunet"]);

    [Fact]
    public void Verify_OnlyPictures_LeavesTheRestToTheDefaults()
    {
        var request = Read<VerifyRequest>("""{"img1":"a.jpg","img2":"b.jpg"}""");

        Encoding.UTF8.GetString(request.Img1.Text.Span).ShouldBe("a.jpg");
        Encoding.UTF8.GetString(request.Img2.Text.Span).ShouldBe("b.jpg");
        (request with { Img1 = null!, Img2 = null! }).ShouldBe(new VerifyRequest(
            null!, null!, null, null, null, EnforceDetection: true, Align: true, null, InputNormalization.Base, 0, null, AntiSpoofing: false));
    }

    [Fact]
    public void Verify_EveryField_IsRead()
    {
        var request = Read<VerifyRequest>(
            """
            {"img1":[1,0],"img2":"b.jpg","model_name":"dlib","detector_backend":"SKIP","distance_metric":"angular","enforce_detection":false,
             "align":false,"alignment":"deepface","normalization":"facenet2018","expand_percentage":20,"threshold":0.3,"anti_spoofing":true,"unknown":1}
            """);

        request.Img1.Embedding.ShouldBe([1, 0]);
        (request with { Img1 = null!, Img2 = null! }).ShouldBe(new VerifyRequest(
            null!, null!, "Dlib", "skip", DistanceMetric.Angular, EnforceDetection: false, Align: false, AlignmentMode.DeepFace, InputNormalization.Facenet2018, 20, 0.3, AntiSpoofing: true));
    }

    [Fact]
    public void Verify_ThresholdZero_StandsForTheModelsOwn() =>
        Read<VerifyRequest>("""{"img1":"a","img2":"b","threshold":0}""").Threshold.ShouldBeNull();

    [Fact]
    public void Verify_EverythingWrong_IsToldAtOnce() => WrongFields<VerifyRequest>(
        """
        {"img1":{},"model_name":"VGG-Farce","detector_backend":"yolo","distance_metric":"l1","enforce_detection":"x","align":0,
         "alignment":1,"normalization":"none","expand_percentage":101,"threshold":-1,"anti_spoofing":1}
        """).ShouldBe(
        [
            "img1", "img2", "model_name", "detector_backend", "distance_metric", "enforce_detection", "align",
            "alignment", "normalization", "expand_percentage", "threshold", "anti_spoofing",
        ]);

    [Theory]
    [InlineData(-100, 0)]
    [InlineData(-1, 0)]
    [InlineData(0, 0)]
    [InlineData(100, 100)]
    public void ExpandPercentage_Negative_IsNone(int sent, int expected) =>
        Read<ExtractRequest>($$"""{"img":"a","expand_percentage":{{sent}}}""").ExpandPercentage.ShouldBe(expected);

    [Theory]
    [InlineData("null", null)]
    [InlineData("1", 1)]
    [InlineData("10000", 10_000)]
    public void MaxFaces_WithinBounds_IsTaken(string json, int? expected)
    {
        Read<RepresentRequest>($$"""{"img":"a","max_faces":{{json}}}""").MaxFaces.ShouldBe(expected);
        Read<ExtractRequest>($$"""{"img":"a","max_faces":{{json}}}""").MaxFaces.ShouldBe(expected);
        Read<AnalyzeRequest>($$"""{"img":"a","max_faces":{{json}}}""").MaxFaces.ShouldBe(expected);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("10001")]
    public void MaxFaces_OutOfBounds_IsRefused(string json) =>
        WrongFields<RepresentRequest>($$"""{"img":"a","max_faces":{{json}}}""").ShouldBe(["max_faces"]);

    [Fact]
    public void Represent_AnEmbedding_IsNoPicture() => WrongFields<RepresentRequest>("""{"img":[1,2]}""").ShouldBe(["img"]);

    [Fact]
    public void Analyze_WithoutActions_AsksForAll() => Read<AnalyzeRequest>("""{"img":"a"}""").Actions
        .ShouldBe([AttributeAction.Age, AttributeAction.Gender, AttributeAction.Emotion, AttributeAction.Race]);

    [Fact]
    public void Extract_OnlyAPicture_IsInItsOwnSizeAndColours()
    {
        var request = Read<ExtractRequest>("""{"img":"a"}""");

        (request.TargetSize, request.ColorFace, request.AntiSpoofing).ShouldBe((null, ColorOrder.Rgb, false));
        request.Include.ShouldBeEmpty();
    }

    [Fact]
    public void Extract_EveryChoice_IsRead()
    {
        var request = Read<ExtractRequest>("""{"img":"a","target_size":[160,2048],"color_face":"GRAY","include":["pose","quality","pose"]}""");

        (request.TargetSize, request.ColorFace).ShouldBe((new TargetSize(160, 2048), ColorOrder.Gray));
        request.Include.ShouldBe([FaceDetail.Pose, FaceDetail.Quality]);
    }

    [Theory]
    [InlineData("[224]")]
    [InlineData("[224,224,3]")]
    [InlineData("[0,224]")]
    [InlineData("[224,2049]")]
    [InlineData("[224.5,224]")]
    [InlineData("[-1,-1]")]
    [InlineData("224")]
    [InlineData("\"224,224\"")]
    [InlineData("[]")]
    public void TargetSize_AnythingElse_IsRefused(string json) => WrongFields<ExtractRequest>($$"""{"img":"a","target_size":{{json}}}""").ShouldBe(["target_size"]);

    [Theory]
    [InlineData("[160, 224]", true)]
    [InlineData("160,224", true)]
    [InlineData("160", false)]
    [InlineData("160,x", false)]
    [InlineData("160,1e2", false)]
    public void TargetSize_OfAForm_IsTwoNumbers(string text, bool isRead)
    {
        var fields = new RequestFields(new Dictionary<string, FieldValue> { ["target_size"] = new() { Kind = FieldKind.FormText, Text = Encoding.UTF8.GetBytes(text) } });

        fields.Size("target_size", TargetSize.MaxSide).ShouldBe(isRead ? new TargetSize(160, 224) : null);
    }

    [Fact]
    public void Include_UnknownDetail_IsRefused() => WrongFields<RepresentRequest>("""{"img":"a","include":["age"]}""").ShouldBe(["include"]);

    [Fact]
    public void AntiSpoofing_WithoutAnyPicture_IsRefused()
    {
        WrongFields<VerifyRequest>("""{"img1":[1,2],"img2":[3,4],"anti_spoofing":true}""").ShouldBe(["anti_spoofing"]);
        WrongFields<SearchRequest>("""{"img":[1,2],"anti_spoofing":true}""").ShouldBe(["anti_spoofing"]);
        WrongFields<SubjectVerifyRequest>("""{"img":[1,2],"anti_spoofing":true}""").ShouldBe(["anti_spoofing"]);
        WrongFields<EnrolRequest>("""{"img":[1,2],"anti_spoofing":true}""").ShouldBe(["anti_spoofing"]);
    }

    [Fact]
    public void AntiSpoofing_WithAPicture_IsRead()
    {
        Read<VerifyRequest>("""{"img1":[1,2],"img2":"a","anti_spoofing":true}""").AntiSpoofing.ShouldBeTrue();
        Read<SearchRequest>("""{"img":"a","anti_spoofing":true}""").AntiSpoofing.ShouldBeTrue();
        Read<EnrolRequest>("""{"imgs":["a","b"],"anti_spoofing":true}""").AntiSpoofing.ShouldBeTrue();
        Read<FindRequest>("""{"img":"a"}""").AntiSpoofing.ShouldBeFalse();
    }

    private static T Read<T>(string json)
        where T : IRequest<T>
    {
        var fields = new RequestFields(JsonFields.Read(Encoding.UTF8.GetBytes(json)));
        var request = T.Read(fields, _names);
        fields.ThrowIfInvalid();
        return request;
    }

    private static IEnumerable<string> WrongFields<T>(string json)
        where T : IRequest<T> => Should.Throw<FaceAspireException>(() => Read<T>(json)).Fields.Select(static error => error.Field);
}
