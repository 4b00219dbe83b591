using System.Buffers.Binary;
using System.Text.Json;
using FaceAspire.Testing;

namespace FaceAspire.Standalone.Tests;

public sealed class ExtractRouteTests(StandaloneFixture standalone)
{
    private static readonly string _anna = Sample("anna");
    private static readonly string _leaning = Sample("anna-leaning");

    [Fact]
    public async Task Extract_TargetSizeAndColour_ArePngsOfThem()
    {
        var face = await ExtractAsync(new { img = _anna, target_size = new[] { 160, 224 }, color_face = "gray" });

        byte[] png = Png(face);
        (Width(png), Height(png), (int)png[25]).ShouldBe((160, 224, 0)); // 0: one channel of grey
    }

    [Fact]
    public async Task Extract_WithoutThem_IsTheFaceInItsOwnSizeAndColours()
    {
        var face = await ExtractAsync(new { img = _anna });

        byte[] png = Png(face);
        (Width(png), Height(png), (int)png[25]).ShouldBe((face.GetProperty("facial_area").GetProperty("w").GetInt32(), face.GetProperty("facial_area").GetProperty("h").GetInt32(), 2));
        face.EnumerateObject().Select(static property => property.Name).ShouldBe(["face_base64", "facial_area", "confidence"], ignoreOrder: true);
    }

    [Fact]
    public async Task Extract_Include_TellsThreeThingsOfALeaningFace()
    {
        var upright = await ExtractAsync(new { img = _anna, include = new[] { "pose" } });
        var leaning = await ExtractAsync(new { img = _leaning, include = new[] { "quality", "pose", "landmarks" } });

        double lean = leaning.GetProperty("pose").GetProperty("roll").GetDouble() - upright.GetProperty("pose").GetProperty("roll").GetDouble();
        var points = leaning.GetProperty("landmarks");
        double eyeLine = Math.Atan2(
            points.GetProperty("left_eye")[1].GetDouble() - points.GetProperty("right_eye")[1].GetDouble(),
            points.GetProperty("left_eye")[0].GetDouble() - points.GetProperty("right_eye")[0].GetDouble()) * 180 / Math.PI;
        Math.Abs(lean).ShouldBeGreaterThan(5);
        lean.ShouldBe(eyeLine, 6);
        var quality = leaning.GetProperty("quality");
        quality.GetProperty("size").GetInt32().ShouldBe(Math.Min(leaning.GetProperty("facial_area").GetProperty("w").GetInt32(), leaning.GetProperty("facial_area").GetProperty("h").GetInt32()));
        quality.GetProperty("brightness").GetDouble().ShouldBeInRange(0.1, 0.9);
        quality.GetProperty("blur").GetDouble().ShouldBeGreaterThan(0);
        upright.TryGetProperty("quality", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Analyze_Include_TellsItBesideTheAttributes()
    {
        var answer = (await standalone.Client.PostAsync("/api/v1/analyze", new { img = _anna, actions = new[] { "age" }, include = new[] { "landmarks", "quality" } })).ShouldSucceed();

        var face = answer.GetProperty("result").EnumerateArray().ShouldHaveSingleItem();
        face.GetProperty("age").GetInt32().ShouldBeGreaterThanOrEqualTo(0);
        face.GetProperty("landmarks").GetProperty("nose").GetArrayLength().ShouldBe(2);
        face.GetProperty("quality").GetProperty("size").GetInt32().ShouldBeGreaterThan(0);
        face.TryGetProperty("pose", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Extract_AntiSpoofing_TellsThePrintFromThePerson()
    {
        SharedMaterial.Require();
        var person = await ExtractAsync(new { img = "img10.jpg", anti_spoofing = true });
        var print = await ExtractAsync(new { img = _leaning, anti_spoofing = true });

        person.GetProperty("is_real").GetBoolean().ShouldBeTrue();
        print.GetProperty("is_real").GetBoolean().ShouldBeFalse();
        print.GetProperty("antispoof_score").GetDouble().ShouldBeInRange(0.9, 1);
    }

    [Fact]
    public async Task Analyze_AntiSpoofingAndAPrint_IsRefused()
    {
        SharedMaterial.Require();

        var result = await standalone.Client.PostAsync("/api/v1/analyze", new { img = _leaning, anti_spoofing = true });

        result.ShouldFail(422).ShouldBe("spoof_detected");
        result.Answer.GetProperty("message").GetString()!.ShouldStartWith("img: ");
    }

    private static string Sample(string name) =>
        $"data:image/jpeg;base64,{Convert.ToBase64String(File.ReadAllBytes(Path.Combine(SharedMaterial.RepositoryRoot, "samples", $"{name}.jpg")))}";

    private static byte[] Png(JsonElement face) => Convert.FromBase64String(face.GetProperty("face_base64").GetString()!["data:image/png;base64,".Length..]);

    private static int Width(byte[] png) => BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));

    private static int Height(byte[] png) => BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20));

    private async Task<JsonElement> ExtractAsync(object body) =>
        (await standalone.Client.PostAsync("/api/v1/extract", body)).ShouldSucceed().GetProperty("result").EnumerateArray().ShouldHaveSingleItem();
}
