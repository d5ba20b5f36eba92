#!/usr/bin/perl
# What the queue holds, read past the REST interface, one line each:
#   T ticket key
#   O ticket op
#   F ticket attachment name sha256
# usage: oracle.pl, with RT_SITE_CONFIG and RT_SITE_CONFIG_DIR
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use Digest::SHA 'sha256_hex';
use RT -init;

my $tickets = RT::Tickets->new( RT->SystemUser );
$tickets->FromSQL("Queue = 'yikou'");
while ( my $ticket = $tickets->Next ) {
    my $id = $ticket->Id;
    print "T $id ", $ticket->FirstCustomFieldValue('yikou-case') // '-', "\n";
    my $ops = $ticket->CustomFieldValues('yikou-op');
    while ( my $op = $ops->Next ) {
        print "O $id ", $op->Content, "\n";
    }
    my $files = RT::Attachments->new( RT->SystemUser );
    $files->LimitByTicket($id);
    $files->OrderBy( FIELD => 'id' );
    while ( my $file = $files->Next ) {
        next unless $file->Filename;
        print "F $id ", $file->Id, ' ', $file->Filename, ' ',
            sha256_hex( $file->OriginalContent ), "\n";
    }
}
