"""Support as people have it in Telegram: who asks, and who answers in the middle of something else."""

from __future__ import annotations

from tests.e2e.conftest import Played
from tests.e2e.test_invitations import with_email
from tests.e2e.test_trade import welcome
from tests.sandbox.pictures import png


async def test_a_reply_answers_while_a_question_is_pending_and_the_question_is_answered_after_it(
    played: Played,
) -> None:
    ada, olu = played.ada, played.olu
    await welcome(ada)
    await welcome(olu)
    await ada.say("/support")
    await ada.sees("What can we do for you?")
    await ada.say("Where is <my> money?")
    await ada.sees("Sent to support")
    notice = await olu.sees("New ticket S-")
    assert "Where is <my> money?" in notice.text

    await olu.say("/trade")
    await olu.sees("who is the seller")
    await olu.say("On its way", to=notice)
    await olu.sees("Answered @ada")
    answer = await ada.sees("LockBay support answers")
    assert answer.text.endswith("On its way")
    await olu.say("@ada")
    await olu.sees("USDT")

    await ada.say("/wallet")
    await ada.sees("Wallet")
    await ada.send_photo(png(40, 30), "This one", to=answer)
    await ada.sees("Sent to support")
    photo = await olu.sees("They sent a photo")
    assert "photo" in photo.raw
    await olu.press("Close")
    await olu.sees("closed")
    await ada.sees("Support has closed ticket")
    assert photo.id in [message.id for message in await olu.messages()], "a press does not take the photo away"


async def test_what_is_written_elsewhere_is_not_for_support(played: Played) -> None:
    ada, olu = played.ada, played.olu
    await welcome(ada)
    await welcome(olu)
    await ada.say("/support")
    await ada.say("one")
    await olu.sees("New ticket")
    await ada.say("/trade")
    await ada.sees("who is the seller")
    await ada.say("@sam")
    await ada.sees("USDT")
    assert not any("@sam" in message.text for message in await olu.messages())


async def test_who_has_not_begun_and_who_blocked_the_bot_gets_an_answer(played: Played) -> None:
    sam, olu = played.sam, played.olu
    await welcome(olu)
    await sam.say("/support")
    await sam.say("Is this safe?")
    await olu.sees("has not accepted the terms")
    await with_email(played, sam, "sam@example.com")
    await sam.block()
    await olu.press("Answer")
    await olu.say("It is.")
    mail = await played.town.mail("sam@example.com", "LockBay support answers")
    assert "> It is." in mail.text
    assert "https://t.me/" in mail.text
