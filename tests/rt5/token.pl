#!/usr/bin/perl
# Prints a fresh token of the user yikou. A token is checked in a moment, a
# password on purpose in a third of a second, with each request.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;

my $user = RT::User->new( RT->SystemUser );
$user->Load('yikou');
my $token = RT::AuthToken->new( RT->SystemUser );
my ( $ok, $msg, $text ) =
    $token->Create( Owner => $user->Id, Description => 'window 03' );
die "no token: $msg\n" unless $ok;
print "$text\n";
