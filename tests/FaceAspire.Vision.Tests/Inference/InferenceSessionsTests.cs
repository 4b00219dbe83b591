using FaceAspire.Testing;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Vision.Tests.Inference;

public sealed class InferenceSessionsTests
{
    private const string Recogniser = "0f06601e2c1dab45b65241ffd847c94f3f08ce9e343f37290129c105138bf974";
    private const string AttributeModel = "5dee7a7375e2a74ef5e0b535948e07c683ed319ebad34fc2691e04f6035058b6";

    [Fact]
    public void Get_OneNameInTwoTasks_IsTwoNetworks()
    {
        SharedMaterial.Require();
        using var sessions = new InferenceSessions(new("-1", NullLogger<InferenceDevice>.Instance));
        var token = TestContext.Current.CancellationToken;

        var embedding = sessions.Get(Recogniser, "facelite", static () => SharedMaterial.File("models", "mobileface_v2.onnx"));
        var emotion = sessions.Get(AttributeModel, "facelite", static () => SharedMaterial.File("models", "fer_mini_xception.onnx"));

        embedding.Run(new float[3 * 112 * 112], [1, 3, 112, 112], static outputs => outputs[0].Length, token).ShouldBe(256);
        emotion.Run(new float[64 * 64], [1, 1, 64, 64], static outputs => outputs[0].Length, token).ShouldBe(7);
    }

    [Fact]
    public void Get_TheSameModelAgain_IsTheSamePool()
    {
        using var sessions = new InferenceSessions(new("-1", NullLogger<InferenceDevice>.Instance));

        var first = sessions.Get(Recogniser, "facelite", static () => "");

        sessions.Get(Recogniser, "facelite", static () => "").ShouldBeSameAs(first);
    }
}
