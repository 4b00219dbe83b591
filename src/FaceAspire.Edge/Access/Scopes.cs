namespace FaceAspire.Edge.Access;

/// <summary>What a key may do. <see cref="Enrol"/> does not include <see cref="Read"/>: a list can name both, and a camera that only enrols needs no more.</summary>
[Flags]
internal enum Scopes
{
    /// <summary>Nothing; as a need: no key is wanted.</summary>
    None = 0,

    /// <summary><c>read</c>: compare, embed, analyse, search, list.</summary>
    Read = 1,

    /// <summary><c>enrol</c>: put faces into galleries, change and remove them.</summary>
    Enrol = 2,

    /// <summary><c>admin</c>: everything, the removal of whole galleries included.</summary>
    Admin = Read | Enrol | 4,
}
