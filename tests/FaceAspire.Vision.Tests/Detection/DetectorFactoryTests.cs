using FaceAspire.ModelHub;
using FaceAspire.Vision.Detection;

namespace FaceAspire.Vision.Tests.Detection;

public sealed class DetectorFactoryTests
{
    [Fact]
    public void Kinds_AllOfThem_AreInTheCatalogueAndNothingElseIs() =>
        ModelCatalog.LoadDefault().Of(ModelTask.Detection).Select(static entry => entry.Decoder).Distinct().Order(StringComparer.Ordinal).ShouldBe(
            DetectorFactory.Kinds.Order(StringComparer.Ordinal));

    [Fact]
    public void Create_UnknownKind_IsNamed() =>
        Should.Throw<ArgumentException>(static () => DetectorFactory.Create("nothing", null!)).Message.ShouldContain("'nothing'");
}
