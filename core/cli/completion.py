"""`finops completion`: the script that lets a shell complete our commands."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, /, shell: str) -> None:
    """Print the script that completes commands and options in your shell.

    The completion needs `finops` on the PATH; a link to this folder's `finops` will do.

    \b
    Examples:
      ln -s "$PWD/finops" ~/.local/bin/finops
      ./finops completion bash > ~/.local/share/bash-completion/completions/finops
      ./finops completion zsh > ~/.zfunc/_finops
      ./finops completion fish > ~/.config/fish/completions/finops.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(ctx.find_root().command, {}, "finops", "_FINOPS_COMPLETE").source())
