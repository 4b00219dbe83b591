using FaceAspire.Vision.Recognition;

namespace FaceAspire.Vision.Tests.Recognition;

public sealed class EmbedderTests
{
    [Fact]
    public void DivideByLength_Vector_HasUnitLength()
    {
        float[] vector = [3, 0, -4];

        Embedder.DivideByLength(vector);

        vector.ShouldBe([0.6f, 0, -0.8f], 1e-7);
    }

    [Fact]
    public void DivideByLength_Zeros_StayZeros()
    {
        float[] vector = [0, 0];

        Embedder.DivideByLength(vector);

        vector.ShouldBe([0, 0]);
    }
}
